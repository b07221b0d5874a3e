import fc from 'fast-check'
import { type Asked, DAY_MS, type Ending, IN_FLIGHT_MS, LEASE_MS, TIMEOUT_MS } from './history.ts'
import type { Fate } from './unreliable-client.ts'

export type Step =
  | { does: 'send'; asked: Asked }
  /** One of the requests under way dies where it stands. */
  | { does: 'kill'; which: number }
  | { does: 'wait'; ms: number }
  /** DynamoDB deletes what has expired, which it may do days late. */
  | { does: 'sweep' }

export interface Scenario {
  steps: Step[]
  /** The fates of the database's calls, in the order in which they are made; later calls succeed. */
  fates: Fate[]
  /** The outcomes of the operation's executions; later ones succeed. */
  endings: Ending[]
}

/** Mostly one operation, so that requests meet; now and then one that differs in one point. */
const SAME: Asked = { tenant: 'acme', sub: 'ann', route: 'POST /things', key: 'k', body: 'x' }
const asked: fc.Arbitrary<Asked> = fc
  .oneof(
    { weight: 12, arbitrary: fc.constant(SAME) },
    { weight: 3, arbitrary: fc.constant({ ...SAME, body: 'y' }) },
    {
      weight: 3,
      arbitrary: fc.constantFrom<Partial<Asked>>(
        { tenant: 'other' },
        { sub: 'bob' },
        { route: 'POST /others' },
        { key: 'l' },
      ),
    },
  )
  .map((asked) => ({ ...SAME, ...asked }))
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 7, arbitrary: fc.record({ does: fc.constant('send' as const), asked }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('kill' as const), which: fc.nat({ max: 3 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant('wait' as const),
      ms: fc.constantFrom(1, 3_500, TIMEOUT_MS - 1, LEASE_MS, LEASE_MS, DAY_MS - IN_FLIGHT_MS, DAY_MS),
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('sweep' as const) }) },
)
const fate = fc.constantFrom<Fate>('works', 'works', 'works', 'works', 'is lost', 'loses its answer', 'comes late')
const ending = fc.constantFrom<Ending>(
  'made',
  'made',
  'made, without a body',
  'made, then a bug',
  'refused',
  'answers 404',
  'throttled',
  'down',
  'bug',
)
const endings = fc.array(ending, { maxLength: 8 })
const anything = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 12 }),
  fates: fc.array(fate, { maxLength: 30, size: 'max' }),
  endings,
})
/** A dead attempt's call arrives after another attempt has taken over. */
const slowNetwork = fc.record({
  steps: fc.array(
    fc.constantFrom<Step>({ does: 'send', asked: SAME }, { does: 'send', asked: SAME }, { does: 'wait', ms: LEASE_MS }),
    { minLength: 3, maxLength: 9 },
  ),
  fates: fc.array(fc.constantFrom<Fate>('works', 'works', 'comes late'), { minLength: 3, maxLength: 12 }),
  endings,
})
export const scenarios: fc.Arbitrary<Scenario> = fc.oneof(anything, slowNetwork)
