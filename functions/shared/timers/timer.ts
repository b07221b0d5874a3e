/** Something to do later. A timer is a hint: what it names is looked up, and decides, when the timer fires. */
export interface Timer {
  /** Unique among the timers of a minute: writing the same id and time again sets the same timer. */
  readonly id: string
  /** Milliseconds since the epoch. */
  readonly dueAt: number
  /** A text for whoever fires it, such as the JSON of a queue's message. */
  readonly message: string
}

/** The timers of one minute whose ids have the same shard. */
export interface Bucket {
  /** Minutes since the epoch. */
  readonly minute: number
  readonly shard: number
}

/** The partitions of a minute: a thousand timers a second can be written to each. */
export const SHARDS = 4

const MINUTE_MS = 60_000

/** Returns the minute, since the epoch, of a time in milliseconds. */
export function minuteOf(time: number): number {
  return Math.floor(time / MINUTE_MS)
}

/** Returns the bucket of a timer that is set at `now`: one that is due already belongs to the current minute. */
export function bucketOf({ id, dueAt }: Timer, now: number): Bucket {
  return { minute: minuteOf(Math.max(dueAt, now)), shard: shardOf(id) }
}

/** Spreads ids evenly: FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/), folded to its upper bits. */
function shardOf(id: string): number {
  let hash = 0x811c9dc5
  for (const byte of Buffer.from(id)) hash = Math.imul(hash ^ byte, 0x01000193)
  return (hash >>> 16) % SHARDS
}
