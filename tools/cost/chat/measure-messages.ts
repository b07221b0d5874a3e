import { randomUUID } from 'node:crypto'
import { type FunctionConfiguration, GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { allHave, type Listener, openListeners } from '../../bench/chat/listeners.ts'
import { askerOf } from '../../bench/events-writers.ts'
import { signToken } from '../../local-cloud/issuer.ts'
import type { Outputs } from '../../local-cloud/outputs.ts'
import { stackResources } from '../../local-cloud/stacks.ts'
import { connectSocket } from '../../smoke/socket.ts'
import { clientConfig, type LocalCloud } from '../../support/settings.ts'
import { type Call, itemBytes, type Units, unitsOf } from '../capacity.ts'
import { recording } from '../recorder.ts'
import { forParts, type MessageUse, PARTS, type Part } from './message-cost.ts'

const MEMBERS = 10
const WARM_UP = 5
const COUNTED = 20

/** In ms. A check of a missed message follows its delivery a moment later. */
const DELIVERED_MS = 60_000
const SETTLED_MS = 3000

/**
 * Counts the calls of DynamoDB for messages in a room of ten members with a connection each, by function, while each
 * message is sent when all have the one before.
 */
export async function measureMessages(cloud: LocalCloud, { stacks }: Outputs): Promise<MessageUse> {
  const { apiUrl = '', webSocketUrl = '' } = stacks.Chat ?? {}
  const tenant = `cost-${randomUUID()}`
  const users = await Promise.all(
    Array.from({ length: MEMBERS }, async (_, index) =>
      askerOf(apiUrl, await signToken(cloud, { sub: `user-${index}`, tenant, scope: 'chat' })),
    ),
  )
  const post = async (index: number, path: string, body: object) =>
    (await users[index]?.('POST', path, body)) as { id: string; ticket: string }
  const { id: room } = await post(0, '/v1/rooms', { kind: 'group', name: 'Cost' })
  for (let index = 1; index < MEMBERS; index++) {
    await users[0]?.('PUT', `/v1/rooms/${room}/members/user-${index}`, { role: 'member' })
  }
  let turn = 0
  const ticket = async () => (await post(turn++ % MEMBERS, '/v1/ws-ticket', {})).ticket
  const functions = await functionsOf(cloud)
  const calls = forParts((): Call[] => [])
  let listeners: Listener[] = []
  const work = async () => {
    listeners = await openListeners({ webSocketUrl, ticket, count: MEMBERS })
    const sender = await connectSocket({ url: webSocketUrl, ticket: await ticket() })
    const say = async () => {
      const { seq } = await sender.send('send', { room, cid: randomUUID(), body: 'x'.repeat(200) })
      await allHave(listeners, seq, DELIVERED_MS)
    }
    for (let count = 0; count < WARM_UP; count++) await say()
    await settled()
    for (const part of PARTS) calls[part].length = 0
    for (let count = 0; count < COUNTED; count++) await say()
    await settled()
    sender.close()
  }
  try {
    await PARTS.reduce<() => Promise<unknown>>(
      (inner, part) => () =>
        recording({ cloud, functions: [functions[part]], onCall: (call) => calls[part].push(call) }, inner),
      work,
    )()
  } finally {
    for (const listener of listeners) listener.close()
  }
  return {
    calls: forParts((part) => meanCalls(calls[part])),
    recipientBytes: recipientBytes(calls.FanOut),
    members: MEMBERS,
    memory: forParts((part) => functions[part].MemorySize ?? 0),
  }
}

async function functionsOf(cloud: LocalCloud): Promise<Record<Part, FunctionConfiguration>> {
  const resources = (await stackResources(cloud, 'Chat')).filter(({ type }) => type === 'AWS::Lambda::Function')
  const client = new LambdaClient(clientConfig(cloud))
  try {
    const found = new Map<Part, FunctionConfiguration>()
    for (const part of PARTS) {
      const resource = resources.find(({ logicalId }) => new RegExp(`^${part}Function[0-9A-F]{8}$`).test(logicalId))
      if (!resource) throw new Error(`The stack has no function ${part}.`)
      const command = new GetFunctionConfigurationCommand({ FunctionName: resource.physicalId })
      found.set(part, await client.send(command))
    }
    return forParts((part) => found.get(part) ?? {})
  } finally {
    client.destroy()
  }
}

/** Spreads all calls over the messages: so many calls as one message has, each with the mean of units. */
function meanCalls(calls: readonly Call[]): Units[] {
  const units = calls.map(unitsOf)
  const count = Math.round(calls.length / COUNTED)
  const mean = (kind: keyof Units) => units.reduce((sum, each) => sum + each[kind], 0) / COUNTED / Math.max(count, 1)
  return Array.from({ length: count }, () => ({ read: mean('read'), write: mean('write') }))
}

/** Finds the records of recipients among the answers of a worker's queries. */
function recipientBytes(calls: readonly Call[]): number {
  type Items = Parameters<typeof itemBytes>[0][]
  const items = calls.flatMap(({ operation, output }) => (operation === 'Query' ? ((output.Items ?? []) as Items) : []))
  const recipients = items.filter((item) => String(Object(item?.pk).S).startsWith('C#'))
  if (recipients.length === 0) throw new Error('No worker read recipients.')
  return recipients.reduce((sum, item) => sum + itemBytes(item), 0) / recipients.length
}

function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, SETTLED_MS))
}
