import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { type FunctionConfiguration, GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda'
import type { Ask } from '../../bench/events-case.ts'
import { askerOf } from '../../bench/events-writers.ts'
import { signToken } from '../../local-cloud/issuer.ts'
import type { Outputs } from '../../local-cloud/outputs.ts'
import { stackResources } from '../../local-cloud/stacks.ts'
import { clientConfig, type LocalCloud } from '../../support/settings.ts'
import { type Call, unitsOf } from '../capacity.ts'
import { recording } from '../recorder.ts'
import { type DeliveryUse, PARTS, type Part } from './delivery-cost.ts'

const CHANNELS = ['email', 'sms', 'push', 'webhook', 'inapp'] as const
const [WARM_UP, COUNTED] = [3, 10]
const [DELIVERED_MS, POLL_MS] = [60_000, 100]

type Calls = Record<Part, Call[]>

/** Counts the calls of DynamoDB for notifications to a user with an endpoint of each channel, by function. */
export async function measureDeliveries(cloud: LocalCloud, { stacks }: Outputs): Promise<DeliveryUse[]> {
  const tenant = `cost-${randomUUID()}`
  const token = await signToken(cloud, { sub: 'cost', tenant, scope: 'notify:send notify:manage' })
  const ask = askerOf(stacks.Notification?.apiUrl ?? '', token)
  const functions = await functionsOf(cloud)
  const calls: Calls = { Api: [], DeliverNormal: [] }
  const receiver = createServer((request, response) => request.resume().on('end', () => response.end('ok')))
  await once(receiver.listen(0, '127.0.0.1'), 'listening')
  const { port } = receiver.address() as AddressInfo
  /** Looks at what became of a notification call the table, too. */
  let isAccepting = false
  const onCall = (part: Part) => (call: Call) => {
    if (part === 'DeliverNormal' || isAccepting) calls[part].push(call)
  }
  const send = async (channel: string) => {
    isAccepting = true
    const content = { subject: 'Your order', text: 'It is on its way.' }
    const body = { to: { userId: 'ann' }, category: 'orders', channels: [channel], content }
    const { id } = (await ask('POST', '/v1/notifications', body)) as { id: string }
    isAccepting = false
    await untilDone(ask, id)
  }
  const work = async (): Promise<DeliveryUse[]> => {
    await prepare(ask, `http://127.0.0.1:${port}/hook`)
    const uses: DeliveryUse[] = []
    for (const channel of CHANNELS) {
      for (let count = 0; count < WARM_UP; count++) await send(channel)
      for (const part of PARTS) calls[part].length = 0
      for (let count = 0; count < COUNTED; count++) await send(channel)
      uses.push(useOf(channel, calls, functions))
    }
    return uses
  }
  try {
    const recorded = (part: Part, inner: () => Promise<DeliveryUse[]>) =>
      recording({ cloud, functions: [functions[part]], onCall: onCall(part) }, inner)
    return await recorded('Api', () => recorded('DeliverNormal', work))
  } finally {
    receiver.close()
  }
}

async function prepare(ask: Ask, webhook: string): Promise<void> {
  await ask('PUT', '/v1/categories/orders', { channels: [...CHANNELS], onUncertain: 'retry' })
  await ask('PUT', '/v1/users/ann', { email: 'ann@example.com', phone: '+14155550100' })
  const endpoints = { push: 'fcm:a-token', webhook }
  for (const [channel, address] of Object.entries(endpoints)) {
    await ask('PUT', `/v1/users/ann/endpoints/${channel}-${randomUUID()}`, { channel, address, enabled: true })
  }
}

async function untilDone(ask: Ask, id: string): Promise<void> {
  const end = performance.now() + DELIVERED_MS
  for (;;) {
    const { status } = (await ask('GET', `/v1/notifications/${id}`)) as { status: string }
    if (['sent', 'delivered'].includes(status)) return
    if (performance.now() > end) throw new Error(`The notification ${id} is ${status}, and not delivered.`)
    await pause(POLL_MS)
  }
}

function useOf(channel: string, calls: Calls, functions: Record<Part, FunctionConfiguration>): DeliveryUse {
  const meanOf = (part: Part) => {
    // The local outbox keeps what a provider would get.
    const own = calls[part].filter((call) => !isOutbox(call))
    const units = own.map(unitsOf)
    const mean = (kind: 'read' | 'write') => units.reduce((sum, each) => sum + each[kind], 0) / COUNTED
    return { calls: own.length / COUNTED, read: mean('read'), write: mean('write') }
  }
  const published = PARTS.flatMap((part) => calls[part]).reduce((sum, call) => sum + eventsIn(call), 0)
  return {
    channel,
    parts: { Api: meanOf('Api'), DeliverNormal: meanOf('DeliverNormal') },
    events: published / COUNTED,
    memory: { Api: functions.Api.MemorySize ?? 0, DeliverNormal: functions.DeliverNormal.MemorySize ?? 0 },
  }
}

interface Put {
  readonly Item?: Readonly<Record<string, { readonly S?: string }>>
}

function isOutbox({ input }: Call): boolean {
  return (input as Put).Item?.pk?.S?.startsWith('O#') ?? false
}

/** Counts the items with news for the bus that a transaction writes. */
function eventsIn({ input }: Call): number {
  const { TransactItems = [] } = input as { TransactItems?: readonly { readonly Put?: Put }[] }
  return TransactItems.filter(({ Put: put }) => put?.Item?.published !== undefined).length
}

async function functionsOf(cloud: LocalCloud): Promise<Record<Part, FunctionConfiguration>> {
  const resources = await stackResources(cloud, 'Notification')
  const client = new LambdaClient(clientConfig(cloud))
  const read = async (part: Part) => {
    const isIt = new RegExp(`^${part}Function[0-9A-F]{8}$`)
    const found = resources.find(({ type, logicalId }) => type === 'AWS::Lambda::Function' && isIt.test(logicalId))
    if (!found) throw new Error(`The stack has no function ${part}.`)
    return client.send(new GetFunctionConfigurationCommand({ FunctionName: found.physicalId }))
  }
  try {
    return { Api: await read('Api'), DeliverNormal: await read('DeliverNormal') }
  } finally {
    client.destroy()
  }
}
