/**
 * Writes an event: the first one of a new subject, or the next one of a given subject. Resolves with the subject when
 * the answer has arrived, which guarantees that the event will follow.
 */
export type Write = (subject?: string) => Promise<string>

/** An event that is expected. Times are in milliseconds since the epoch. */
export interface Written {
  subject: string
  sequence: number
  startedAt: number
  answeredAt: number
}

export interface Load {
  written: Written[]
  /** Errors of failed requests: it is unknown if their events will arrive. */
  failures: unknown[]
}

/** The clock, and its way to wait. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now: () => number
  sleep: (ms: number) => Promise<unknown>
}

/** Writes a creation and a change, one after the other, so that their order can be checked. */
export const EVENTS_OF_A_SUBJECT = 2

/** Starts this many subjects a second, however long the answers take, and resolves when all have been answered. */
export async function atRate(
  write: Write,
  { subjectsPerSecond, forMs }: { subjectsPerSecond: number; forMs: number },
  clock: Clock,
): Promise<Load> {
  const load: Load = { written: [], failures: [] }
  const begun: Promise<void>[] = []
  const start = clock.now()
  for (let at = 0; at < forMs; at += 1000 / subjectsPerSecond) {
    const early = start + at - clock.now()
    if (early > 0) await clock.sleep(early)
    begun.push(writeSubject(write, load, clock))
  }
  await Promise.all(begun)
  return load
}

/** Lets each client write one subject after the other, until the time is up. */
export async function atFullSpeed(
  write: Write,
  { clients, forMs }: { clients: number; forMs: number },
  clock: Clock,
): Promise<Load> {
  const load: Load = { written: [], failures: [] }
  const end = clock.now() + forMs
  const client = async () => {
    while (clock.now() < end) await writeSubject(write, load, clock)
  }
  await Promise.all(Array.from({ length: clients }, client))
  return load
}

/** Stops at a failure, after which the number of the next event is unknown. */
async function writeSubject(write: Write, load: Load, { now }: Clock): Promise<void> {
  let subject: string | undefined
  for (let sequence = 1; sequence <= EVENTS_OF_A_SUBJECT; sequence++) {
    const startedAt = now()
    try {
      subject = await write(subject)
    } catch (error) {
      load.failures.push(error)
      return
    }
    load.written.push({ subject, sequence, startedAt, answeredAt: now() })
  }
}
