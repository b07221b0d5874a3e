import { AwsError } from '../aws/aws-error.ts'
import type { PutEvents, PutEventsEntry, PutEventsResult } from '../aws/eventbridge.ts'
import type { Random } from '../clock.ts'
import { AppError } from '../errors.ts'
import { retry } from '../resilience/retry.ts'
import { startTimer as realTimer, type StartTimer } from '../resilience/timer.ts'
import { type DomainEvent, MAX_EVENT_BYTES } from './event.ts'

/** An event that no further try would bring onto the bus. */
export interface Refusal {
  event: DomainEvent
  reason: string
}

/**
 * Puts events on the bus, in their order but for what is tried again. At least once: after an error some are out.
 *
 * @returns what was refused for good.
 * @throws AppError (retryable) when EventBridge stays out of reach or keeps failing entries, AwsError when it refuses
 * the caller (a missing permission, say), and the signal's reason.
 */
export type Publish = (events: readonly DomainEvent[], signal: AbortSignal) => Promise<Refusal[]>

export interface PublisherOptions {
  putEvents: PutEvents
  busName: string
  /** As in `stackyard.orders`. */
  source: string
  random: Random
  startTimer?: StartTimer
}

/** EventBridge's limits of one request: up to 10 entries, whose sizes add up to less than 256 KB. */
const MAX_ENTRIES = 10
const REQUEST_BYTES = 256 * 1024

/**
 * What EventBridge has against the event itself (its API reference, PutEventsResultEntry). A missing permission is not
 * among it: that is the stack's fault, and the events wait until it is mended.
 */
const REFUSALS = new Set(['InvalidArgument', 'MalformedDetail', 'RedactionFailure'])

interface Pending {
  event: DomainEvent
  entry: PutEventsEntry
  bytes: number
}

export function createPublisher(options: PublisherOptions): Publish {
  const { putEvents, random, startTimer = realTimer } = options
  const retried = retry({ maxAttempts: 5, baseMs: 100, capMs: 2000, startTimer, random })

  /** Sends what is left of a batch until all of it is either out or refused. The client itself tries once. */
  const put = async (batch: readonly Pending[], signal: AbortSignal): Promise<Refusal[]> => {
    const refused: Refusal[] = []
    let left = batch
    await retried(async (inner) => {
      const input = { Entries: left.map(({ entry }) => entry) }
      const { Entries = [] } = await putEvents(input, { signal: inner, once: true })
      const sorted = sortResults(left, Entries)
      refused.push(...sorted.refused)
      left = sorted.failed
      if (left.length > 0) throw stillFailing(left.length, Entries)
    }, signal)
    return refused
  }

  /** A request is refused as a whole when one entry is malformed: each then goes alone, and that one is found. */
  const putOrSplit = async (batch: readonly Pending[], signal: AbortSignal): Promise<Refusal[]> => {
    try {
      return await put(batch, signal)
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== 'ValidationException') throw error
      const [first, ...others] = batch
      if (first && others.length === 0) return [{ event: first.event, reason: error.message }]
    }
    return inTurn(
      batch.map((one) => [one]),
      (one) => putOrSplit(one, signal),
    )
  }

  return async (events, signal) => {
    const prepared = events.map((event) => prepare(event, options))
    const refused = prepared.filter((one): one is Refusal => 'reason' in one)
    const batches = toBatches(prepared.filter((one): one is Pending => 'entry' in one))
    return [...refused, ...(await inTurn(batches, (batch) => putOrSplit(batch, signal)))]
  }
}

async function inTurn<Item, Result>(items: readonly Item[], work: (item: Item) => Promise<Result[]>) {
  const results: Result[] = []
  for (const item of items) results.push(...(await work(item)))
  return results
}

function prepare(event: DomainEvent, { busName, source }: PublisherOptions): Pending | Refusal {
  const time = Date.parse(event.time) / 1000
  if (Number.isNaN(time)) return { event, reason: `Its time is no time: ${event.time}` }
  const detail = toJson(event)
  if (detail === undefined) return { event, reason: 'It can not be written as JSON' }
  const detailBytes = Buffer.byteLength(detail)
  if (detailBytes > MAX_EVENT_BYTES) {
    return { event, reason: `It has ${detailBytes} bytes, ${MAX_EVENT_BYTES} at most` }
  }
  const entry = { EventBusName: busName, Source: source, DetailType: event.type, Detail: detail, Time: time }
  return { event, entry, bytes: sizeOf(entry) }
}

function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch {
    // A cycle, or a bigint.
    return undefined
  }
}

/** As EventBridge counts ("Calculating PutEvents event entry size" in its user guide): 14 bytes for the time. */
function sizeOf({ Source, DetailType, Detail }: PutEventsEntry): number {
  return 14 + Buffer.byteLength(Source) + Buffer.byteLength(DetailType) + Buffer.byteLength(Detail)
}

function toBatches(pending: readonly Pending[]): Pending[][] {
  const batches: Pending[][] = []
  let bytes = 0
  for (const one of pending) {
    const batch = batches.at(-1)
    bytes += one.bytes
    if (batch && batch.length < MAX_ENTRIES && bytes < REQUEST_BYTES) batch.push(one)
    else {
      batches.push([one])
      bytes = one.bytes
    }
  }
  return batches
}

/** Results have the places of their entries. One that says nothing counts as failed. */
function sortResults(batch: readonly Pending[], results: readonly PutEventsResult[]) {
  const failed: Pending[] = []
  const refused: Refusal[] = []
  batch.forEach((one, index) => {
    const { EventId, ErrorCode, ErrorMessage } = results[index] ?? {}
    if (ErrorCode !== undefined && REFUSALS.has(ErrorCode)) {
      refused.push({ event: one.event, reason: `${ErrorCode}: ${ErrorMessage ?? ''}` })
    } else if (ErrorCode !== undefined || EventId === undefined) failed.push(one)
  })
  return { failed, refused }
}

function stillFailing(count: number, results: readonly PutEventsResult[]): AppError {
  const codes = new Set(results.flatMap(({ ErrorCode }) => ErrorCode ?? []))
  return new AppError('dependency-failed', `EventBridge fails ${count} entries: ${[...codes].join(', ')}`, {
    retryable: true,
  })
}
