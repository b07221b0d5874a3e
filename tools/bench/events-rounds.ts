import { setTimeout as sleep } from 'node:timers/promises'
import { throwIfInterrupted } from '../support/interruption.ts'
import { step } from '../support/progress.ts'
import { UserError } from '../support/user-error.ts'
import type { Arrival, BenchBus } from './events-bus.ts'
import { atFullSpeed, atRate, type Clock, EVENTS_OF_A_SUBJECT, type Load, type Write } from './events-load.ts'
import { bareWriter } from './events-writers.ts'
import { sampleInTurns } from './measure.ts'

const ROUNDS = 3
const CLIENTS = 8
const SUBJECTS_PER_SECOND = 10
/** Events a second at the steady pace. */
export const PER_SECOND = SUBJECTS_PER_SECOND * EVENTS_OF_A_SUBJECT

/** The duration of a load. At full speed, the bare path needs less time for as many events. */
const DURATION_MS = {
  path: { warmUp: 2000, steady: 5000, full: 2500 },
  bare: { warmUp: 500, steady: 5000, full: 1000 },
}
/** The time after which a missing event counts as lost. */
const DRAIN_MS = 15_000
const LAST_LOOK_MS = 1000
/** The limit of all rounds together: only a machine that is too busy to measure on takes longer. */
const LIMIT_MS = 60_000

// The same system clock as the engine's, but finer than milliseconds.
const clock: Clock = { now: () => performance.timeOrigin + performance.now(), sleep }

const SUBJECTS = [
  { kind: 'bare', pace: 'steady' },
  { kind: 'path', pace: 'steady' },
  { kind: 'bare', pace: 'full' },
  { kind: 'path', pace: 'full' },
] as const

export interface Ways {
  path: Write
  bus: BenchBus
  /** The URL of the consumer's queue. */
  consumerQueue: string
}

/** Measures the rounds of both paths at both paces, in turns, each on an otherwise idle engine. */
export async function takeRounds(ways: Ways) {
  const arrivals: Arrival[] = []
  const end = clock.now() + LIMIT_MS
  const take = async (run: () => Promise<Load>) => {
    throwIfInterrupted()
    if (clock.now() > end) throw new UserError(`This machine is too busy: ${LIMIT_MS / 1000} s were not enough.`)
    const load = await run()
    const { details, ...came } = await drain(ways, load)
    arrivals.push(...came.arrivals)
    return { load, details }
  }
  const warmUp = (write: Write, { warmUp: forMs }: { warmUp: number }) =>
    take(() => atFullSpeed(write, { clients: CLIENTS, forMs }, clock))
  const { details } = await step('Warming up', () => warmUp(ways.path, DURATION_MS.path))
  const writers = { path: ways.path, bare: bareWriter(ways.bus, details[0]) }
  await warmUp(writers.bare, DURATION_MS.bare)

  const taken = await step(`Taking ${ROUNDS} rounds`, () =>
    sampleInTurns(SUBJECTS, ROUNDS, async ({ kind, pace }) => {
      const [write, forMs] = [writers[kind], DURATION_MS[kind][pace]]
      const { load } = await take(() =>
        pace === 'steady'
          ? atRate(write, { subjectsPerSecond: SUBJECTS_PER_SECOND, forMs }, clock)
          : atFullSpeed(write, { clients: CLIENTS, forMs }, clock),
      )
      return load
    }),
  )
  // Duplicates may arrive late.
  await clock.sleep(LAST_LOOK_MS)
  arrivals.push(...(await ways.bus.takeAll()).arrivals)

  const loadsOf = (kind: string, pace: string) =>
    taken.flatMap(({ subject, samples }) => (subject.kind === kind && subject.pace === pace ? samples : []))
  const both = (kind: string) => ({ steady: loadsOf(kind, 'steady'), full: loadsOf(kind, 'full') })
  return { bare: both('bare'), path: both('path'), arrivals }
}

/** Waits until a load's events have arrived, and takes them. */
async function drain({ bus, consumerQueue }: Ways, { written, failures }: Load) {
  if (written.length === 0)
    throw new Error('All requests failed; the cause is the first failure.', { cause: failures[0] })
  await bus.waitFor(written.length, DRAIN_MS)
  await bus.waitUntilEmpty(consumerQueue, DRAIN_MS)
  return bus.takeAll()
}
