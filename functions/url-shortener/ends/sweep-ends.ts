import type { Clock, Random } from '../../shared/clock.ts'
import type { Cause } from '../../shared/events/event.ts'
import { inParallel } from '../../shared/queue/lanes.ts'
import type { Link, LinkEnd } from '../domain/link.ts'
import type { RecordEnd } from './record-end-on-visit.ts'

/** A page of the index; the last page has no `next`. */
export interface CodesPage {
  readonly codes: readonly string[]
  readonly next: unknown
}

/** A counter that has reached its cap. */
export interface SpentCap {
  readonly code: string
  readonly maxClicks: number
}

/** The index of links that end. It may lag behind the links, so these are read before an end is recorded. */
export interface EndsIndex {
  readonly shards: number
  /**
   * Lists links whose `expiresAt` is `now` (RFC 3339) or before it and that were not recorded as expired, the oldest
   * first.
   */
  expired: (place: { shard: number; now: string; from: unknown }, signal: AbortSignal) => Promise<CodesPage>
  /** Lists links with a cap that were not recorded as exhausted, ordered by code, starting after the code `after`. */
  capped: (place: { shard: number; after: string; from: unknown }, signal: AbortSignal) => Promise<CodesPage>
  /** Reads which of the codes have a counter that has reached its cap. */
  spentCaps: (codes: readonly string[], signal: AbortSignal) => Promise<SpentCap[]>
  /** Reads a link consistently; `undefined` if it was deleted. */
  readLink: (code: string, signal: AbortSignal) => Promise<Link | undefined>
  /** Removes a counter from the index if it still has this cap and has reached it. */
  forget: (cap: SpentCap, signal: AbortSignal) => Promise<void>
}

export interface SweepEndsDeps {
  index: EndsIndex
  recordEnd: RecordEnd
  now: Clock
  random: Random
  /** Receives the error of a link, or of reading a shard, the rest of which is skipped. All others continue. */
  onFailure: (place: { code: string } | { shard: number }, error: unknown) => void
}

export interface SweepResult {
  expired: number
  exhausted: number
  failed: number
  /** True if nothing is left for the next run. */
  isComplete: boolean
}

/** @param input `until` (milliseconds since the epoch) is the time from which on no link is begun. */
export type SweepEnds = (input: { until: number; cause: Cause }, signal: AbortSignal) => Promise<SweepResult>

/** The number of links of a shard that are handled at a time: a run makes about 30 concurrent calls. */
const CONCURRENCY = 2

/**
 * Records the ends of links that nobody visits. If a visit or another run finds the same end concurrently, only one of
 * them records it.
 */
export function sweepEnds(deps: SweepEndsDeps): SweepEnds {
  return async ({ until, cause }, signal) => {
    const result: SweepResult = { expired: 0, exhausted: 0, failed: 0, isComplete: true }
    const run: Run = { ...deps, result, cause, signal, hasTime: () => deps.now() < until && !signal.aborted }
    const shards = Array.from({ length: deps.index.shards }, (_, shard) => shard)
    // The start is random, so that a run that is cut short skips other links than the previous one.
    const start = firstCode(deps.random())
    await Promise.all([
      ...shards.map((shard) => sweepShard(run, shard, expiredOf(run, shard))),
      ...shards.map((shard) => sweepShard(run, shard, cappedOf(run, shard, start))),
    ])
    return result
  }
}

interface Run extends SweepEndsDeps {
  result: SweepResult
  cause: Cause
  signal: AbortSignal
  hasTime: () => boolean
}

/** The work for one link. */
interface Task {
  code: string
  work: () => Promise<void>
}

async function sweepShard(run: Run, shard: number, pages: AsyncIterable<Task[]>): Promise<void> {
  const { result, hasTime, onFailure } = run
  const fail = (place: Parameters<typeof onFailure>[0], error: unknown) => {
    result.failed += 1
    onFailure(place, error)
  }
  try {
    for await (const tasks of pages) {
      await inParallel(tasks, CONCURRENCY, async ({ code, work }) => {
        if (!hasTime()) result.isComplete = false
        else await work().catch((error) => fail({ code }, error))
      })
    }
  } catch (error) {
    fail({ shard }, error)
  }
}

/** Reads all pages, while there is time. */
async function* pagesOf({ result, hasTime }: Run, read: (from: unknown) => Promise<CodesPage>) {
  let from: unknown
  do {
    if (!hasTime()) {
      result.isComplete = false
      return
    }
    const { codes, next } = await read(from)
    yield codes
    from = next
  } while (from !== undefined)
}

async function* expiredOf(run: Run, shard: number): AsyncGenerator<Task[]> {
  const now = new Date(run.now()).toISOString()
  for await (const codes of pagesOf(run, (from) => run.index.expired({ shard, now, from }, run.signal))) {
    yield codes.map((code) => ({ code, work: () => recordExpired(run, code, now) }))
  }
}

/** Reads a whole shard, from the code `start` to the last one, and then from the first one up to `start`. */
async function* cappedOf(run: Run, shard: number, start: string): AsyncGenerator<Task[]> {
  const tasksOf = async (codes: readonly string[]) => {
    const caps = codes.length > 0 ? await run.index.spentCaps(codes, run.signal) : []
    return caps.map((cap) => ({ code: cap.code, work: () => recordExhausted(run, cap) }))
  }
  const pagesAfter = (after: string) => pagesOf(run, (from) => run.index.capped({ shard, after, from }, run.signal))
  for await (const codes of pagesAfter(start)) yield await tasksOf(codes)
  for await (const codes of pagesAfter(BEFORE_ALL)) {
    const left = codes.filter((code) => code <= start)
    yield await tasksOf(left)
    if (left.length < codes.length) return
  }
}

async function recordExpired(run: Run, code: string, now: string): Promise<void> {
  const link = await run.index.readLink(code, run.signal)
  if (!link || link.ended !== null || link.expiresAt === null || link.expiresAt > now) return
  if (await record(run, link, 'expired')) run.result.expired += 1
}

/**
 * Records the end of an exhausted link, and removes its counter from the index, which then holds only links that have
 * not ended. If the cap was changed since the link was read, the counter stays. If it was changed back meanwhile, a
 * visit records the end.
 */
async function recordExhausted(run: Run, cap: SpentCap): Promise<void> {
  const link = await run.index.readLink(cap.code, run.signal)
  if (link?.ended === null) {
    if (link.maxClicks !== cap.maxClicks || !(await record(run, link, 'exhausted'))) return
    run.result.exhausted += 1
  }
  if (link?.ended !== 'expired') await run.index.forget(cap, run.signal)
}

/** Records an end, and returns whether it was this call that did. */
async function record({ recordEnd, cause, signal }: Run, { code, version }: Link, end: LinkEnd): Promise<boolean> {
  return (await recordEnd({ code, version, end, cause }, signal)) === 'recorded'
}

/** A text that sorts before every code. */
const BEFORE_ALL = ' '

const FIRST_CHARACTERS = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz'

/** Returns one of 4,096 codes of two characters, at which a run starts. */
function firstCode(random: number): string {
  const place = Math.floor(random * FIRST_CHARACTERS.length ** 2)
  const [first, second] = [Math.floor(place / FIRST_CHARACTERS.length), place % FIRST_CHARACTERS.length]
  return `${FIRST_CHARACTERS[first]}${FIRST_CHARACTERS[second]}`
}
