import { PutEventsCommand, type PutEventsRequestEntry, type PutEventsResultEntry } from '@aws-sdk/client-eventbridge'
import { isRefusal } from '../aws/call-errors.ts'
import type { EventBridge } from '../aws/eventbridge.ts'
import type { Random } from '../clock.ts'
import { AppError } from '../errors.ts'
import { retry } from '../resilience/retry.ts'
import { startTimer as realTimer, type StartTimer } from '../resilience/timer.ts'
import { type DomainEvent, MAX_EVENT_BYTES } from './event.ts'

/** An event that the bus would not accept on any retry. */
export interface Refusal {
  event: DomainEvent
  reason: string
}

/**
 * Publishes events in their order, except for those that are retried, and at least once: after an error some have been
 * published.
 *
 * @returns the events that were refused permanently.
 * @throws AppError (retryable) when EventBridge stays unreachable or keeps failing entries, the SDK's exception when it
 * refuses the caller (a missing permission, say), and the signal's reason.
 */
export type Publish = (events: readonly DomainEvent[], signal: AbortSignal) => Promise<Refusal[]>

export interface PublisherOptions {
  eventBridge: EventBridge
  busName: string
  /** The source of the events, such as `stackyard.orders`. */
  source: string
  random: Random
  startTimer?: StartTimer
}

/** EventBridge's limits for one request: up to 10 entries, whose sizes add up to less than 256 KB. */
const MAX_ENTRIES = 10
const REQUEST_BYTES = 256 * 1024

/**
 * Error codes for the event itself (API reference of EventBridge, PutEventsResultEntry). A missing permission is not
 * among them: that is a fault of the stack, and the events wait until it is fixed.
 */
const REFUSALS = new Set(['InvalidArgument', 'MalformedDetail', 'RedactionFailure'])

interface Pending {
  event: DomainEvent
  entry: PutEventsRequestEntry
  bytes: number
}

export function createPublisher(options: PublisherOptions): Publish {
  const { eventBridge, random, startTimer = realTimer } = options
  const retried = retry({ maxAttempts: 5, baseMs: 100, capMs: 2000, startTimer, random })

  /** Sends the rest of a batch until each event is either published or refused. The client itself doesn't retry. */
  const put = async (batch: readonly Pending[], signal: AbortSignal): Promise<Refusal[]> => {
    const refused: Refusal[] = []
    let left = batch
    await retried(async (inner) => {
      const input = { Entries: left.map(({ entry }) => entry) }
      const { Entries = [] } = await eventBridge.send(new PutEventsCommand(input), { signal: inner, once: true })
      const sorted = sortResults(left, Entries)
      refused.push(...sorted.refused)
      left = sorted.failed
      if (left.length > 0) throw stillFailing(left.length, Entries)
    }, signal)
    return refused
  }

  /** Sends entries one by one if the request is refused as a whole, which happens when one of them is malformed. */
  const putOrSplit = async (batch: readonly Pending[], signal: AbortSignal): Promise<Refusal[]> => {
    try {
      return await put(batch, signal)
    } catch (error) {
      if (!isRefusal(error, 'ValidationException')) throw error
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
  const time = new Date(event.time)
  if (Number.isNaN(time.getTime())) return { event, reason: `Its time is invalid: ${event.time}` }
  const detail = toJson(event)
  if (detail === undefined) return { event, reason: 'It cannot be written as JSON' }
  const detailBytes = Buffer.byteLength(detail)
  if (detailBytes > MAX_EVENT_BYTES) {
    return { event, reason: `It has ${detailBytes} bytes, ${MAX_EVENT_BYTES} at most` }
  }
  const sized = { Source: source, DetailType: event.type, Detail: detail }
  return { event, entry: { EventBusName: busName, ...sized, Time: time }, bytes: sizeOf(sized) }
}

function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch {
    // It has a cycle or a bigint.
    return undefined
  }
}

/**
 * Computes the size as EventBridge does ("Calculating PutEvents event entry size" in its user guide): 14 bytes for the
 * time.
 */
function sizeOf({ Source, DetailType, Detail }: Record<'Source' | 'DetailType' | 'Detail', string>): number {
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

/** Sorts the entries by their results, which are in the same order. An entry without a result counts as failed. */
function sortResults(batch: readonly Pending[], results: readonly PutEventsResultEntry[]) {
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

function stillFailing(count: number, results: readonly PutEventsResultEntry[]): AppError {
  const codes = new Set(results.flatMap(({ ErrorCode }) => ErrorCode ?? []))
  return new AppError('dependency-failed', `EventBridge failed ${count} entries: ${[...codes].join(', ')}`, {
    retryable: true,
  })
}
