import {
  type Admission,
  type CallOutcome,
  type FleetBreaker,
  type FleetBreakerEvent,
  type FleetBreakerOptions,
  type FleetBreakerStore,
  type FleetState,
  fleetBreaker,
  NEVER_OPENED,
} from '../../../functions/shared/resilience/fleet-breaker.ts'
import { failureRate } from '../../../functions/shared/resilience/trip-rule.ts'
import { settle } from '../../support/fake-clock.ts'

export const OPEN_MS = 10_000
export const PROBE_MS = 5000
const { signal } = new AbortController()

export type NewFleetBreaker = (options: FleetBreakerOptions) => FleetBreaker

/** A call under way. */
export interface FleetCall {
  environment: number
  isProbe: boolean
  startedAt: number
  end: (outcome: CallOutcome) => Promise<void>
}

/** Environments that share a state in memory. Each opens the circuit after two failures in a row. */
export function fleetWorld(environments: number, create: NewFleetBreaker = fleetBreaker) {
  let time = Date.UTC(2026, 2, 12, 19, 3, 58)
  let stored: FleetState | undefined
  let changedAt = time
  let brokenSince = Number.NEGATIVE_INFINITY
  let isBroken = false
  const events: (FleetBreakerEvent & { environment: number })[] = []
  const reads: number[][] = []
  const failures: unknown[] = []
  const calls = new Set<FleetCall>()

  const storeOf = (environment: number): FleetBreakerStore => ({
    async read() {
      reads[environment]?.push(time)
      if (isBroken) throw new Error('no table')
      return stored ?? NEVER_OPENED
    },
    async move({ from, to }) {
      if (isBroken) throw new Error('no table')
      const current = stored ?? NEVER_OPENED
      if (current.version !== from.version) return { isOurs: false, state: current }
      stored = to
      changedAt = time
      return { isOurs: true, state: to }
    },
  })
  const start = (environment: number): FleetBreaker => {
    reads[environment] = []
    return create({
      store: storeOf(environment),
      openMs: OPEN_MS,
      probeMs: PROBE_MS,
      tripRule: failureRate({ windowSize: 2, minCalls: 2, rate: 1 }),
      now: () => time,
      onEvent: (event) => events.push({ ...event, environment }),
      onFailure: (_, error) => failures.push(error),
    })
  }
  const fleet = Array.from({ length: environments }, (_, environment) => start(environment))

  /** Asks for a call; `undefined` if it is refused. */
  async function call(environment: number): Promise<FleetCall | undefined> {
    const before = events.length
    const admission = (await fleet[environment]?.admit('ses', signal)) as Admission
    if (!admission.isAdmitted) return undefined
    const isProbe = events.slice(before).some((one) => one.type === 'half-opened' && one.environment === environment)
    const begun: FleetCall = {
      ...{ environment, isProbe, startedAt: time },
      async end(outcome) {
        calls.delete(begun)
        await admission.settle(outcome, signal)
      },
    }
    calls.add(begun)
    return begun
  }

  return {
    call,
    calls,
    events,
    reads,
    failures,
    settle,
    now: () => time,
    state: () => stored ?? NEVER_OPENED,
    /** The time since which all environments must know the state. */
    knownSince: () => Math.max(changedAt, brokenSince) + 1000,
    types: () => events.map(({ type }) => type),
    admit: (environment: number) => fleet[environment]?.admit('ses', signal) as Promise<Admission>,
    async result(environment: number, outcome: CallOutcome) {
      const begun = await call(environment)
      await begun?.end(outcome)
      return begun !== undefined
    },
    pass(ms: number) {
      time += ms
      if (isBroken) brokenSince = time
    },
    break(broken: boolean) {
      isBroken = broken
      if (broken) brokenSince = time
    },
    forget() {
      stored = undefined
    },
    /** An environment dies, with its calls, and another one takes its place. */
    replace(environment: number) {
      for (const one of calls) if (one.environment === environment) calls.delete(one)
      fleet[environment] = start(environment)
    },
  }
}

export type FleetWorld = ReturnType<typeof fleetWorld>
