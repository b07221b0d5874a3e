import fc from 'fast-check'
import { type FleetBreakerOptions, fleetBreaker } from '../../../functions/shared/resilience/fleet-breaker.ts'
import { type FleetWorld, fleetWorld, type NewFleetBreaker, OPEN_MS, PROBE_MS } from './fleet-world.ts'

/** Hundreds of histories take their time on a busy machine, and more under mutation. */
const TIMEOUT_MS = 120_000
const ENVIRONMENTS = 3

const environment = fc.integer({ min: 0, max: ENVIRONMENTS - 1 })
const outcome = fc.constantFrom('answered', 'failed', 'failed', 'failed', 'abandoned')
type Outcome = 'answered' | 'failed' | 'abandoned'

type Step =
  | { do: 'calls'; by: number[] }
  | { do: 'end'; place: number; outcome: Outcome }
  | { do: 'pass'; ms: number }
  | { do: 'replace'; environment: number }
  | { do: 'break'; broken: boolean }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('calls' as const),
      by: fc.array(environment, { minLength: 1, maxLength: 6 }),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('end' as const),
      place: fc.nat(5),
      outcome: outcome as fc.Arbitrary<Outcome>,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(1, 400, 1000, PROBE_MS, OPEN_MS) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('replace' as const), environment }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('break' as const), broken: fc.boolean() }) },
)

function checkCalls(world: FleetWorld, begun: readonly { isProbe: boolean }[]): void {
  const { kind } = world.state()
  // Everybody knows by now that the circuit is open, or that somebody else probes.
  if (kind !== 'closed' && world.now() >= world.knownSince()) expect(begun).toEqual([])
  // A probe that is dead for the fleet may still be under way: its environment froze.
  const probes = [...world.calls].filter(({ isProbe, startedAt }) => isProbe && world.now() < startedAt + PROBE_MS)
  expect(probes.length).toBeLessThanOrEqual(1)
}

function checkReads(world: FleetWorld): void {
  for (const times of world.reads) {
    for (const [index, time] of times.entries()) {
      expect(time - (times[index - 1] ?? Number.NEGATIVE_INFINITY)).toBeGreaterThanOrEqual(1000)
    }
  }
}

/** Opening, closing and probing alternate as they must. */
function checkEvents(world: FleetWorld): void {
  const before: Record<string, string[]> = {
    opened: ['', 'closed'],
    'half-opened': ['opened', 'reopened', 'half-opened'],
    reopened: ['half-opened'],
    closed: ['half-opened'],
  }
  for (const [index, type] of world.types().entries()) expect(before[type]).toContain(world.types()[index - 1] ?? '')
}

/** Once the dependency is well, so is the fleet. */
async function checkRecovery(world: FleetWorld): Promise<void> {
  world.break(false)
  for (const call of [...world.calls]) await call.end('abandoned')
  for (let round = 0; round < 3; round++) {
    world.pass(OPEN_MS + PROBE_MS)
    await world.result(0, 'answered')
  }
  world.pass(1000)
  for (let one = 0; one < ENVIRONMENTS; one++) expect(await world.result(one, 'answered')).toBe(true)
  expect(world.state().kind).toBe('closed')
}

function assertKeepsToModel(create: NewFleetBreaker, numRuns: number): Promise<void> {
  return fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), async (steps) => {
      const world = fleetWorld(ENVIRONMENTS, create)
      for (const one of steps) {
        const before = world.now() >= world.knownSince() ? world.state().kind : 'closed'
        if (one.do === 'calls') {
          const begun = (await Promise.all(one.by.map((each) => world.call(each)))).filter((call) => call !== undefined)
          const others = begun.filter(({ isProbe }) => !isProbe)
          if (before !== 'closed') checkCalls(world, others)
          else checkCalls(world, [])
        } else if (one.do === 'end') {
          const all = [...world.calls]
          await all[one.place % Math.max(1, all.length)]?.end(one.outcome)
        } else if (one.do === 'pass') world.pass(one.ms)
        else if (one.do === 'replace') world.replace(one.environment)
        else world.break(one.broken)
      }
      checkReads(world)
      checkEvents(world)
      await checkRecovery(world)
    }),
    { numRuns },
  )
}

test(
  'one probe in the whole fleet, calls only while the circuit is closed, and recovery, over races, deaths and outages',
  () => assertKeepsToModel(fleetBreaker, 1000),
  TIMEOUT_MS,
)

/** Breakers whose shared state, or use of it, has a typical mistake. */
const MISTAKES: Record<string, (options: FleetBreakerOptions) => FleetBreakerOptions> = {
  'lets every environment change the state': ({ store, ...options }) => ({
    ...options,
    store: {
      ...store,
      move: async ({ name, to }, signal) => {
        const from = await store.read(name, signal)
        return store.move({ name, from, to: { ...to, version: from.version + 1 } }, signal)
      },
    },
  }),
  'never follows a probe that died': ({ store, ...options }) => ({
    ...options,
    store: {
      ...store,
      move: (change, signal) =>
        change.from.kind === 'half-open' && change.to.kind === 'half-open'
          ? Promise.resolve({ isOurs: false, state: change.from })
          : store.move(change, signal),
    },
  }),
  'never learns what others did': ({ store, ...options }) => {
    let first: ReturnType<typeof store.read> | undefined
    return {
      ...options,
      store: {
        ...store,
        read: (name, signal) => {
          first ??= store.read(name, signal)
          return first
        },
      },
    }
  },
  'gives up on a probe too early': (options) => ({ ...options, probeMs: 1 }),
  'tells what others did': ({ store, ...options }) => ({
    ...options,
    store: { ...store, move: async (change, signal) => ({ ...(await store.move(change, signal)), isOurs: true }) },
  }),
}

test.each(Object.entries(MISTAKES))(
  'the model finds a breaker that %s',
  async (_, mistake) => {
    const broken = assertKeepsToModel((options) => fleetBreaker(mistake(options)), 2000)
    await expect(broken).rejects.toThrow('Property failed')
  },
  TIMEOUT_MS,
)
