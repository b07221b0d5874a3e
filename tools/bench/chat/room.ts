import { randomUUID } from 'node:crypto'
import { cpus, loadavg } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { ApiGatewayManagementApiClient, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi'
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb'
import { inParallel } from '../../../functions/shared/queue/lanes.ts'
import { signToken } from '../../local-cloud/issuer.ts'
import type { Outputs } from '../../local-cloud/outputs.ts'
import { onOwnCloud } from '../../local-cloud/own-cloud.ts'
import { stackResources } from '../../local-cloud/stacks.ts'
import { table, writeSection } from '../../support/document.ts'
import { step } from '../../support/progress.ts'
import { clientConfig, type LocalCloud } from '../../support/settings.ts'
import { UserError } from '../../support/user-error.ts'
import { percentile } from '../events-figures.ts'
import { askerOf } from '../events-writers.ts'
import { allHave, type Listener, openListeners, outOfOrder } from './listeners.ts'

/** Connections of one room: as many as the users of a group have with ten devices each. */
const CONNECTIONS = 500
const DEVICES = 10
const USERS = CONNECTIONS / DEVICES

/** Messages that are sent when all connections have the one before, and those that are sent as fast as they are acked. */
const SINGLE = 10
const BURST = 50

/** Posts of the bare rate: two to each connection, as many at a time as a worker of the chat posts. */
const BARE_POSTS = 2 * CONNECTIONS
const BARE_CONCURRENCY = 40

const TIMEOUT_MS = 120_000
const PERCENTILES = [50, 90, 99]

/**
 * Measures a room, and writes the results into docs/benchmarks.md.
 *
 * @throws UserError when a connection lacks a message, or got one out of order; the page is written all the same.
 */
export async function benchRoom(): Promise<void> {
  const { tables, wrong } = await measureRoom()
  writeSection('room', tables)
  if (wrong > 0) throw new UserError(`${wrong} connections lack a message, or got one out of order.`)
}

/** The results of the benchmark: `wrong` connections lack a message, or got one out of order. There must be none. */
interface RoomFigures {
  readonly tables: string
  readonly wrong: number
}

/**
 * Measures how fast the messages of a room reach 500 connections, on a local cloud of its own, beside bare calls of
 * PostToConnection to the same connections in the same run.
 */
function measureRoom(): Promise<RoomFigures> {
  return onOwnCloud({ auth: false, stacks: ['Chat'] }, async (cloud, outputs) => {
    const { apiUrl = '', webSocketUrl = '' } = outputs.stacks.Chat ?? {}
    const users = await Promise.all(
      Array.from({ length: USERS }, async (_, index) => {
        const sub = `user-${index}`
        return askerOf(apiUrl, await signToken(cloud, { sub, tenant: 'bench', scope: 'chat' }))
      }),
    )
    let turn = 0
    /** Posts as the next user in turn: one alone would meet the limit of a sender. */
    const post = async (path: string, body: object) => {
      const user = users[turn++ % USERS]
      return (await user?.('POST', path, body)) as { id: string; ticket: string; seq: number }
    }
    const { id: room } = await post('/v1/rooms', { kind: 'group', name: 'Bench' })
    for (let index = 1; index < USERS; index++) {
      await users[0]?.('PUT', `/v1/rooms/${room}/members/user-${index}`, { role: 'member' })
      // The owner may make ten changes of the room a second.
      await pause(110)
    }
    const ticket = async () => (await post('/v1/ws-ticket', {})).ticket
    const listeners = await step(`Opening ${CONNECTIONS} connections`, () =>
      openListeners({ webSocketUrl, ticket, count: CONNECTIONS }),
    )
    const say = async () => (await post(`/v1/rooms/${room}/messages`, { cid: randomUUID(), body: 'x'.repeat(200) })).seq
    try {
      await step('Warming up', async () => allHave(listeners, await say(), TIMEOUT_MS))
      const before = await barePosts(cloud, outputs)
      const single = await step(`Sending ${SINGLE} messages one by one`, () => sendOneByOne(listeners, say))
      const burst = await step(`Sending ${BURST} messages in a row`, () => sendInARow(listeners, say))
      const after = await barePosts(cloud, outputs)
      return { tables: tablesOf({ single, burst, bare: [before, after] }), wrong: single.wrong + burst.wrong }
    } finally {
      for (const listener of listeners) listener.close()
    }
  })
}

interface Run {
  /** Times from the request of a message to its arrival at each connection, in ms. */
  readonly latencies: readonly number[]
  /** Deliveries a second, from the first request to the last arrival. */
  readonly perSecond: number
  readonly wrong: number
}

async function sendOneByOne(listeners: readonly Listener[], say: () => Promise<number>): Promise<Run> {
  const sent = new Map<number, number>()
  let busyMs = 0
  for (let count = 0; count < SINGLE; count++) {
    const begun = performance.now()
    const seq = await say()
    sent.set(seq, begun)
    await allHave(listeners, seq, TIMEOUT_MS)
    busyMs += performance.now() - begun
  }
  return runOf(listeners, sent, busyMs)
}

async function sendInARow(listeners: readonly Listener[], say: () => Promise<number>): Promise<Run> {
  const sent = new Map<number, number>()
  const begun = performance.now()
  for (let count = 0; count < BURST; count++) {
    const at = performance.now()
    sent.set(await say(), at)
  }
  await allHave(listeners, Math.max(...sent.keys()), TIMEOUT_MS)
  return runOf(listeners, sent, performance.now() - begun)
}

function runOf(listeners: readonly Listener[], sent: ReadonlyMap<number, number>, busyMs: number): Run {
  const latencies = listeners.flatMap(({ arrivals }) =>
    [...sent].flatMap(([seq, at]) => {
      const arrived = arrivals.get(seq)
      return arrived === undefined ? [] : [arrived - at]
    }),
  )
  const wrong = outOfOrder(listeners, Math.min(...sent.keys()), Math.max(...sent.keys()))
  return { latencies, perSecond: (latencies.length * 1000) / busyMs, wrong }
}

/** Posts to the same connections without the chat, and returns the posts a second. */
async function barePosts(cloud: LocalCloud, { stacks }: Outputs): Promise<Run> {
  const endpoint = (stacks.Chat?.webSocketUrl ?? '').replace(/^ws/, 'http')
  const client = new ApiGatewayManagementApiClient({ ...clientConfig(cloud), endpoint })
  const ids = await connectionIds(cloud)
  const Data = Buffer.from(JSON.stringify({ t: 'bench', text: 'x'.repeat(300) }))
  const latencies: number[] = []
  const begun = performance.now()
  const posts = Array.from({ length: BARE_POSTS }, (_, index) => ids[index % ids.length])
  await inParallel(posts, BARE_CONCURRENCY, async (ConnectionId) => {
    const at = performance.now()
    await client.send(new PostToConnectionCommand({ ConnectionId, Data }))
    latencies.push(performance.now() - at)
  })
  client.destroy()
  return { latencies, perSecond: (latencies.length * 1000) / (performance.now() - begun), wrong: 0 }
}

/** Reads the ids of all connections from the chat's table. */
async function connectionIds(cloud: LocalCloud): Promise<string[]> {
  const tables = (await stackResources(cloud, 'Chat')).filter(({ type }) => type === 'AWS::DynamoDB::Table')
  const client = new DynamoDBClient(clientConfig(cloud))
  const ids: string[] = []
  for await (const { Items = [] } of paginateScan({ client }, { TableName: tables[0]?.physicalId })) {
    const found = Items.filter(({ pk, sk }) => pk?.S?.startsWith('U#') && sk?.S?.startsWith('connection#'))
    ids.push(...found.flatMap(({ connectionId }) => connectionId?.S ?? []))
  }
  client.destroy()
  return ids
}

interface Runs {
  readonly single: Run
  readonly burst: Run
  readonly bare: readonly Run[]
}

function tablesOf({ single, burst, bare }: Runs): string {
  const bareRate = bare.reduce((sum, { perSecond }) => sum + perSecond, 0) / bare.length
  const both = { latencies: bare.flatMap(({ latencies }) => latencies), perSecond: bareRate, wrong: 0 }
  const row = (title: string, { latencies, perSecond, wrong }: Run) => [
    title,
    perSecond.toFixed(0),
    `${(perSecond / bareRate).toFixed(2)} x`,
    ...PERCENTILES.map((percent) => percentile([...latencies], percent).toFixed(0)),
    String(wrong),
  ]
  const header = [
    `to ${CONNECTIONS} connections`,
    'a second',
    'of bare',
    ...PERCENTILES.map((p) => `p${p}, ms`),
    'wrong',
  ]
  const rows = [
    row('bare PostToConnection, 40 at a time', both),
    row(`${SINGLE} messages, one by one`, single),
    row(`${BURST} messages in a row`, burst),
  ]
  const load = `Measured with ${cpus().length} cores and a load of ${loadavg()[1]?.toFixed(0)} from all work on the machine.`
  return `${table(header, rows)}\n\n${load}`
}
