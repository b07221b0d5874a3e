import { shardsOf } from '../../../functions/chat/domain/room.ts'
import { table } from '../../support/document.ts'
import type { Units } from '../capacity.ts'
import { type Assumptions, priceOf } from '../price-list.ts'

/** The functions through which a message goes. */
export const PARTS = ['Socket', 'Dispatch', 'FanOut', 'Missed'] as const

export type Part = (typeof PARTS)[number]

/** Makes a value for each function. */
export function forParts<Value>(make: (part: Part) => Value): Record<Part, Value> {
  return Object.fromEntries(PARTS.map((part) => [part, make(part)])) as Record<Part, Value>
}

/** The resources that a message used in a room whose members are few enough for one worker, on average. */
export interface MessageUse {
  /** The calls of DynamoDB by function. */
  readonly calls: Readonly<Record<Part, readonly Units[]>>
  /** The mean size of a recipient's record, by which the reads of larger rooms are computed, in bytes. */
  readonly recipientBytes: number
  /** The members of the room, all of whom had one connection. */
  readonly members: number
  /** The functions' memory in MB. */
  readonly memory: Readonly<Record<Part, number>>
}

export interface MessageCost {
  readonly posts: number
  readonly socket: number
  readonly dynamodb: number
  readonly sqs: number
  readonly lambda: number
  readonly logs: number
  readonly total: number
}

/** In ms, of a call of PostToConnection: assumed. A worker makes 40 at a time. */
const POST_MS = 20
const POSTS_AT_A_TIME = 40

/** Requests for a message of a queue: it is sent, received and deleted. */
const REQUESTS_OF_A_MESSAGE = 3

const READ_BYTES = 4096

/**
 * Computes the cost of a million messages in USD, each sent over a WebSocket to a room where every member has one
 * connection: nothing is sent together, so that each message is a batch of its own everywhere.
 */
export function messageCost(use: MessageUse, members: number, assumed: Assumptions): MessageCost {
  const workers = shardsOf(members)
  const runs: Record<Part, number> = { Socket: 1, Dispatch: 1, FanOut: workers, Missed: 1 }
  const posts = members * priceOf('socketMessageMillion').usd
  // The action, and its ack.
  const socket = 2 * priceOf('socketMessageMillion').usd
  const fifo = workers * REQUESTS_OF_A_MESSAGE * priceOf('sqsFifoMillion').usd
  const sqs = fifo + REQUESTS_OF_A_MESSAGE * priceOf('sqsMillion').usd
  const invocations = PARTS.reduce((sum, part) => sum + runs[part], 0)
  const gigabyteSeconds = PARTS.reduce(
    (sum, part) => sum + runs[part] * secondsOf(use, part, { members, workers, assumed }),
    0,
  )
  const lambda =
    invocations * priceOf('lambdaMillion').usd + gigabyteSeconds * 1e6 * priceOf('lambdaGigabyteSecond').usd
  const dynamodb =
    PARTS.reduce((sum, part) => sum + runs[part] * unitsCost(use.calls[part]), 0) + moreReads(use, members, workers)
  const logs = (invocations * assumed.logBytes * priceOf('logGigabyte').usd) / 1000
  return { posts, socket, dynamodb, sqs, lambda, logs, total: posts + socket + dynamodb + sqs + lambda + logs }
}

function secondsOf(
  { calls, memory }: MessageUse,
  part: Part,
  { members, workers, assumed }: { members: number; workers: number; assumed: Assumptions },
): number {
  const posting = part === 'FanOut' ? Math.ceil(members / workers / POSTS_AT_A_TIME) * POST_MS : 0
  const ms = assumed.ownMs + assumed.callMs * calls[part].length + posting
  return (ms / 1000) * (memory[part] / 1024)
}

function unitsCost(calls: readonly Units[]): number {
  const [read, write] = [sum(calls.map((units) => units.read)), sum(calls.map((units) => units.write))]
  return read * priceOf('readMillion').usd + write * priceOf('writeMillion').usd
}

/** The consistent reads of recipients beyond those that were measured. */
function moreReads({ recipientBytes, members: measured }: MessageUse, members: number, workers: number): number {
  const units = (count: number) => Math.max(1, Math.ceil((count * recipientBytes) / READ_BYTES))
  return workers * (units(members / workers) - units(measured)) * priceOf('readMillion').usd
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}

/** The sizes of rooms for which the page has a row. */
const ROOMS = [10, 100, 1000]

export function messageTable(use: MessageUse, assumed: Assumptions): string {
  const header = [
    'a million messages in a room of',
    'posts',
    'action and ack',
    'DynamoDB',
    'SQS',
    'Lambda',
    'logs',
    'sum',
  ]
  const rows = ROOMS.map((members) => {
    const { posts, socket, dynamodb, sqs, lambda, logs, total } = messageCost(use, members, assumed)
    return [String(members), ...[posts, socket, dynamodb, sqs, lambda, logs, total].map((usd) => `$${usd.toFixed(2)}`)]
  })
  const parts = PARTS.map((part) => {
    const [read, write] = (['read', 'write'] as const).map((kind) => sum(use.calls[part].map((units) => units[kind])))
    return [part, ...[use.calls[part].length, read, write].map((value) => String(Number(value?.toFixed(2))))]
  })
  const measured = table(
    ['a message in a room of 10, measured', 'calls of DynamoDB', 'read units', 'write units'],
    parts,
  )
  return `${table(header, rows)}\n\n${measured}`
}
