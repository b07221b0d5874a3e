import fc from 'fast-check'
import type {
  CircuitBreakerEvent,
  CircuitBreakerOptions,
} from '../../../functions/shared/resilience/circuit-breaker.ts'
import type { Policy } from '../../../functions/shared/resilience/policy.ts'
import { failureRate } from '../../../functions/shared/resilience/trip-rule.ts'
import { type FakeClock, fakeClock, settle } from '../../support/fake-clock.ts'
import { type Held, held, lastingError, outcomeOf, transientError } from './operations.ts'

export type NewBreaker = (options: CircuitBreakerOptions) => Policy

const OPEN_MS = 1000
const RULE = { windowSize: 4, minCalls: 3, rate: 0.5 }

/** The state of a breaker, derived from the history of each period, and not the way one would build it. */
interface Model {
  time: number
  state: 'closed' | 'open' | 'half-open'
  /** Changes whenever the state does: what began in another period doesn't count. */
  period: number
  /** Outcomes of the calls that ended in this closed period, failures as true. */
  history: boolean[]
  openedAt: number
  /** Calls under way, by their number, with the period that they began in. */
  calls: Map<number, number>
  nextCall: number
  /** Since the last comparison. */
  events: CircuitBreakerEvent['type'][]
}

interface Call {
  held: Held<string>
  controller: AbortController
  result: Promise<unknown>
}

interface Real {
  breaker: Policy
  clock: FakeClock
  calls: Map<number, Call>
  events: CircuitBreakerEvent[]
}

type Command = fc.AsyncCommand<Model, Real>
type End = 'answers' | 'answers with an error' | 'fails' | 'is aborted'

function enter(model: Model, state: Model['state'], event?: CircuitBreakerEvent['type']): void {
  model.state = state
  model.period++
  model.history = []
  if (event) model.events.push(event)
}

/** Compares the events since the last time, and returns them. */
function check(model: Model, real: Real): CircuitBreakerEvent[] {
  const events = real.events.splice(0)
  expect(events.map(({ type }) => type).join()).toBe(model.events.splice(0).join())
  return events
}

/** Begins a call; the model says whether it is let through. */
const beginCall: Command = {
  check: () => true,
  async run(model, real) {
    const elapsed = model.time - model.openedAt
    if (model.state === 'open' && (elapsed >= OPEN_MS || elapsed < 0)) enter(model, 'half-open', 'half-opened')
    else if (model.state !== 'closed') model.events.push('rejected')
    const admitted = !model.events.includes('rejected')
    const call = { held: held(), controller: new AbortController() }
    const result = outcomeOf(real.breaker(call.held.operation, call.controller.signal))
    await settle()
    expect(call.held.signals.length).toBe(admitted ? 1 : 0)
    const [event] = check(model, real)
    if (admitted) {
      model.calls.set(model.nextCall, model.period)
      real.calls.set(model.nextCall++, { ...call, result })
      return
    }
    const retryAfterMs = model.state === 'open' ? OPEN_MS - elapsed : 0
    expect(event).toEqual({ type: 'rejected', retryAfterMs })
    expect(await result).toMatchObject({ error: { code: 'circuit-open', retryable: true } })
  },
  toString: () => 'a call begins',
}

function endCall(pick: number, end: End): Command {
  return {
    check: (model) => model.calls.size > 0,
    async run(model, real) {
      const id = [...model.calls.keys()][pick % model.calls.size] ?? -1
      const current = model.calls.get(id) === model.period
      const call = real.calls.get(id)
      model.calls.delete(id)
      if (!call) throw new Error(`Call ${id} is not under way.`)
      if (current) endInModel(model, end)
      if (end === 'is aborted') call.controller.abort()
      if (end === 'answers') call.held.resolve('done')
      else call.held.reject(end === 'answers with an error' ? lastingError() : transientError())
      await call.result
      await settle()
      check(model, real)
    },
    toString: () => `call ${pick} of those under way ${end}`,
  }
}

function endInModel(model: Model, end: End): void {
  const failed = end === 'fails'
  if (end === 'is aborted') {
    if (model.state === 'half-open') enter(model, 'open')
  } else if (model.state === 'half-open') {
    if (failed) model.openedAt = model.time
    enter(model, failed ? 'open' : 'closed', failed ? 'opened' : 'closed')
  } else {
    model.history.push(failed)
    const last = model.history.slice(-RULE.windowSize)
    const failures = last.filter(Boolean).length
    if (failed && last.length >= RULE.minCalls && failures / last.length >= RULE.rate) {
      model.openedAt = model.time
      enter(model, 'open', 'opened')
    }
  }
}

function moveClock(ms: number): Command {
  return {
    check: () => true,
    async run(model, real) {
      model.time += ms
      real.clock.set(model.time)
    },
    toString: () => `${ms} ms pass`,
  }
}

const commands = [
  fc.constant(beginCall),
  fc.constant(beginCall),
  fc.tuple(fc.nat({ max: 7 }), fc.constantFrom<End>('answers', 'answers with an error')).map((end) => endCall(...end)),
  fc.nat({ max: 7 }).map((pick) => endCall(pick, 'fails')),
  fc.nat({ max: 7 }).map((pick) => endCall(pick, 'fails')),
  fc.nat({ max: 7 }).map((pick) => endCall(pick, 'is aborted')),
  fc.constantFrom(1, OPEN_MS - 1, OPEN_MS, -1, -10 * OPEN_MS).map(moveClock),
]

/** Compares a breaker with the model over generated interleavings of calls, their ends and the clock. */
export async function assertKeepsToModel(newBreaker: NewBreaker, numRuns: number): Promise<void> {
  const property = fc.asyncProperty(fc.commands(commands, { size: '+1', maxCommands: 40 }), (sequence) =>
    fc.asyncModelRun(() => {
      const clock = fakeClock()
      const events: CircuitBreakerEvent[] = []
      const breaker = newBreaker({
        openMs: OPEN_MS,
        tripRule: failureRate(RULE),
        now: clock.now,
        onEvent: (event) => events.push(event),
      })
      const model: Model = {
        time: clock.now(),
        state: 'closed',
        period: 0,
        history: [],
        openedAt: 0,
        calls: new Map(),
        nextCall: 0,
        events: [],
      }
      return { model, real: { breaker, clock, calls: new Map(), events } }
    }, sequence),
  )
  await fc.assert(property, { numRuns })
}
