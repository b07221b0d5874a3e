import { table } from '../../support/document.ts'
import type { Units } from '../capacity.ts'
import { type Assumptions, priceOf } from '../price-list.ts'

/** The functions through which a notification goes; the others of the stack call no table for it. */
export const PARTS = ['Api', 'DeliverNormal'] as const

export type Part = (typeof PARTS)[number]

/** The resources that one notification over one channel used, on average. */
export interface DeliveryUse {
  readonly channel: string
  /** The mean number of calls of DynamoDB, and the mean units of all, by function. */
  readonly parts: Readonly<Record<Part, Units & { readonly calls: number }>>
  /** The events that it published. */
  readonly events: number
  /** The functions' memory in MB. */
  readonly memory: Readonly<Record<Part, number>>
}

/** In USD for a million notifications. */
export interface DeliveryCost {
  readonly api: number
  readonly dynamodb: number
  readonly sqs: number
  readonly lambda: number
  readonly events: number
  readonly logs: number
  readonly provider: number
  readonly total: number
}

/** In ms, of a call of a provider: assumed. An inbox is items of the table. */
const PROVIDER_MS = 100

/** Requests for a message of a queue: it is sent, received and deleted. */
const REQUESTS_OF_A_MESSAGE = 3

/** AWS's fees for a message of a channel. Those for SMS depend on the country, and no one charges for a webhook. */
const FEES: Readonly<Record<string, string>> = { email: 'emailMillion', push: 'pushMillion' }

/**
 * Computes the cost of a million notifications in USD: nothing is sent together, so that each turn is a batch of its own
 * for Dispatch and its worker, and each event one for Publisher.
 */
export function deliveryCost({ channel, parts, events, memory }: DeliveryUse, assumed: Assumptions): DeliveryCost {
  const provider = channel === 'inapp' ? 0 : PROVIDER_MS
  const ms = { Api: 0, DeliverNormal: provider }
  const gigabyteMs = PARTS.reduce(
    (sum, part) => sum + (assumed.ownMs + assumed.callMs * parts[part].calls + ms[part]) * (memory[part] / 1024),
    // Dispatch sends a message, and Publisher an event: each has the memory of the others, and makes one call.
    ((assumed.ownMs + assumed.callMs) * (1 + events) * memory.DeliverNormal) / 1024,
  )
  const invocations = PARTS.length + 1 + events
  const fee = FEES[channel]
  const cost = {
    api: priceOf('httpApiMillion').usd,
    dynamodb: PARTS.reduce((sum, part) => sum + unitsCost(parts[part]), 0),
    sqs: REQUESTS_OF_A_MESSAGE * priceOf('sqsMillion').usd,
    lambda: invocations * priceOf('lambdaMillion').usd + gigabyteMs * 1000 * priceOf('lambdaGigabyteSecond').usd,
    events: events * priceOf('eventMillion').usd,
    logs: (invocations * assumed.logBytes * priceOf('logGigabyte').usd) / 1000,
    provider: fee === undefined ? 0 : priceOf(fee).usd,
  }
  return { ...cost, total: Object.values(cost).reduce((sum, each) => sum + each, 0) }
}

function unitsCost({ read, write }: Units): number {
  return read * priceOf('readMillion').usd + write * priceOf('writeMillion').usd
}

const COLUMNS = ['api', 'dynamodb', 'sqs', 'lambda', 'events', 'logs', 'provider', 'total'] as const

export function deliveryTable(uses: readonly DeliveryUse[], assumed: Assumptions): string {
  const header = ['a million by', 'API', 'DynamoDB', 'SQS', 'Lambda', 'events', 'logs', 'provider', 'sum']
  const rows = uses.map((use) => {
    const cost = deliveryCost(use, assumed)
    return [use.channel, ...COLUMNS.map((column) => `$${cost[column].toFixed(2)}`)]
  })
  const measured = uses.map(({ channel, parts, events }) => [
    channel,
    ...PARTS.flatMap((part) => [parts[part].calls, parts[part].read, parts[part].write]).map(short),
    short(events),
  ])
  const names = PARTS.flatMap((part) => [`${part}: calls`, 'read units', 'write units'])
  return `${table(header, rows)}\n\n${table(['one, measured', ...names, 'events'], measured)}`
}

function short(value: number): string {
  return String(Number(value.toFixed(2)))
}
