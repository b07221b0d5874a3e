/**
 * Writes an event: the first one of a new subject, or the next one of a subject that is given. Resolves with the subject
 * when the answer is there, which says that the event will come.
 */
export type Write = (subject?: string) => Promise<string>

/** An event that was promised. Times in milliseconds since the epoch. */
export interface Written {
  subject: string
  sequence: number
  startedAt: number
  answeredAt: number
}

export interface Load {
  written: Written[]
  /** Of requests without a good answer: nobody knows whether their events come. */
  failures: unknown[]
}

/** How time passes. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now: () => number
  sleep: (ms: number) => Promise<unknown>
}

/** A creation and a change: one after the other, so that their order can be checked. */
export const EVENTS_OF_A_SUBJECT = 2

/** Begins so many subjects a second, however long the answers take, and resolves when all are there. */
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

/** Each client writes one subject after the other, until the time is over. */
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

/** Stops at a failure: whether the next event would be the second or the third is not known then. */
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
