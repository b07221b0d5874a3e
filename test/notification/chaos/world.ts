import { randomUUID } from 'node:crypto'
import type { DynamoDBRecord } from 'aws-lambda'
import { createCancel } from '../../../functions/notification/cancel/cancel.ts'
import { createDeliver } from '../../../functions/notification/deliver/deliver.ts'
import { createFollow } from '../../../functions/notification/deliver/follow.ts'
import { createGather } from '../../../functions/notification/deliver/gather.ts'
import { createReadGathering } from '../../../functions/notification/deliver/read-gathering.ts'
import { createRenderParts } from '../../../functions/notification/deliver/render-parts.ts'
import { createSituate } from '../../../functions/notification/deliver/situate.ts'
import { readTurn } from '../../../functions/notification/deliver/turn.ts'
import type { NotificationId } from '../../../functions/notification/domain/notification.ts'
import type { Receipt } from '../../../functions/notification/domain/provider.ts'
import { afterReceipt } from '../../../functions/notification/domain/receipt.ts'
import { createReadWindow } from '../../../functions/notification/store/digest-windows.ts'
import { readNewTurn } from '../../../functions/notification/store/new-turn.ts'
import { channelItem, timerOf } from '../../../functions/notification/store/notification-items.ts'
import { createReadNotification } from '../../../functions/notification/store/read-notification.ts'
import { createRevise } from '../../../functions/notification/store/revise.ts'
import { createStoreNotification } from '../../../functions/notification/store/store-notification.ts'
import { renderTemplate } from '../../../functions/notification/templates/render.ts'
import type { DynamoDB } from '../../../functions/shared/aws/dynamodb.ts'
import type { Table } from '../../../functions/shared/data/table.ts'
import { CAUSE } from '../notifications.ts'
import { createFastClock } from './fast-clock.ts'
import { createFaults, type FaultRates, faultyTable, seededRandom } from './faults.ts'
import { categoryOf, NEWS } from './news.ts'
import { createChaosProvider } from './provider.ts'
import type { Sabotage } from './sabotage.ts'
import { createTurnQueue } from './turn-queue.ts'

export interface WorldOptions {
  /** A table of its own. */
  table: Table
  seed: number
  rates: FaultRates
  sabotage: Sabotage
}

export type World = ReturnType<typeof createWorld>

/** A function's timeout, which ends its worker, and the time after which that is certain. */
const [TIMEOUT_MS, LEASE_MS] = [30_000, 31_000]

/** The functions of notifications in this process, over a real table, with a queue, a stream and a provider that fail. */
export function createWorld({ table, seed, rates, sabotage }: WorldOptions) {
  const random = seededRandom(seed)
  const faults = createFaults(rates, random)
  const clock = createFastClock()
  const { now } = clock
  const client: DynamoDB = faultyTable(sabotage.client(table.client), faults)
  const options = {
    client,
    tableName: table.tableName,
    now,
    random,
    startTimer: clock.startTimer,
    newId: () => randomUUID(),
  }
  const revise = createRevise(options)
  const read = createReadNotification(table)
  const { signal } = new AbortController()
  const provider = createChaosProvider({
    faults,
    random,
    now,
    onReceipt: (receipt) => void takeReceipt(receipt),
    isIdempotent: sabotage.isIdempotent,
  })

  /** Writes a receipt until it is written, as the queue of feedback does. */
  async function takeReceipt(receipt: Receipt): Promise<void> {
    const id = { tenant: receipt.tenant, id: receipt.notificationId }
    const decide: Parameters<typeof revise>[0]['decide'] = ({ channels }) => {
      const channel = channels.find((one) => one.channel === receipt.channel)
      return { changes: channel ? afterReceipt(channel, receipt, now()) : null, result: true }
    }
    while (!(await revise({ id, decide }, signal).catch(() => false))) await clock.until(now() + 1000)
  }

  const readTemplate = async () => NEWS
  const renderParts = createRenderParts({ readTemplate, render: renderTemplate })
  const readInboxMarks = async () => ({ seen: false, read: false })
  const gather = createGather({ revise, readInboxMarks, now })
  const deliver = createDeliver({
    revise,
    situate: createSituate({
      readPerson: async () => undefined,
      readCategory: async ({ name }) => categoryOf(name),
      readStanding: async () => ({ suppressed: null, unsubscribed: new Set() }),
      readInboxMarks,
      judgeQuietHours: () => null,
      takeThrottle: async () => ({ outcome: 'allowed' }),
      readGathering: createReadGathering({
        readWindow: createReadWindow({ client, tableName: table.tableName }),
        ...{ readTemplate, renderParts, now },
      }),
      now,
    }),
    renderParts,
    gather: (digest, { claims }, inner) => gather(digest, { claims: claims && sabotage.claimsItems }, inner),
    follow: createFollow({ revise, now }),
    mailHeaders: async () => ({}),
    providers: provider,
    sendTurns: async (turns, inner) => queue.send(turns, inner),
    leaseMs: LEASE_MS,
    newToken: () => randomUUID(),
    newId: () => randomUUID(),
    now,
    random,
  })
  const queue = createTurnQueue((turn) => withinTimeout((inner) => deliver(turn, inner)), { clock, faults, random })

  /** Ends a worker's calls when its function's time is over. */
  async function withinTimeout(work: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
    const controller = new AbortController()
    const cancel = clock.startTimer(() => controller.abort(new Error('The function timed out')), TIMEOUT_MS)
    await work(controller.signal).finally(cancel)
  }

  const dispatched = new Map<string, number>()
  const digests = new Map<string, NotificationId>()
  /** Does what the stream and the sweep do: hands each new turn of a notification to the queue. */
  async function dispatch(id: NotificationId): Promise<void> {
    const tracked = await read(id, signal)
    if (!tracked) return
    for (const channel of tracked.channels) {
      const { digestId } = channel
      if (digestId !== null) digests.set(digestId, { tenant: id.tenant, id: digestId })
      const key = `${id.id}/${channel.channel}`
      if (dispatched.get(key) === channel.turn || sabotage.losesTurn(channel)) continue
      const { notification, summary } = tracked
      const NewImage = channelItem(channel, {
        notification,
        summary,
        revision: 1,
        dispatch: 'at-once',
        now: channel.dueAt,
      })
      const timer = timerOf(channel, notification, now())
      const turn = timer
        ? readTurn(JSON.parse(timer.message))
        : readNewTurn({ dynamodb: { NewImage } } as DynamoDBRecord)
      dispatched.set(key, channel.turn)
      if (turn) await queue.send([turn], signal)
    }
  }

  const store = createStoreNotification(options)
  const cancel = createCancel({ revise, now })
  return {
    random,
    faults,
    clock,
    provider,
    queue,
    read: (id: NotificationId) => read(id, signal),
    dispatch,
    /** The digests that any notification is in. */
    digests: () => [...digests.values()],
    store: (tracked: Parameters<typeof store>[0]) => store(tracked, signal),
    cancel: (id: NotificationId) => cancel({ id, cause: CAUSE }, signal),
  }
}
