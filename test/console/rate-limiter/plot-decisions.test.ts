import { dueIn } from '../../../console/rate-limiter/pace.ts'
import { plotDecisions, summary } from '../../../console/rate-limiter/plot-decisions.ts'

const decision = (at: number, fields: object = {}) => ({ at, allowed: true, wouldDeny: false, ...fields })
const options = { algorithm: 'fixed-window', limit: 2, windowMs: 1000, stepMs: 500, totalMs: 2000 }

test('the line counts what was admitted in the window that ends at each moment, beside the limit', () => {
  const { x, series } = plotDecisions(
    [decision(100), decision(400), decision(900, { allowed: false }), decision(1300)],
    options,
  )
  expect(x).toEqual([0, 0.5, 1, 1.5, 2])
  const [admitted, denied, limit] = series.map(({ values }) => values)
  expect(admitted).toEqual([0, 2, 2, 1, null])
  expect(denied).toEqual([null, null, 1, null, null])
  expect(limit).toEqual([2, 2, 2, 2, 2])
})

test('a policy in shadow mode admits what it would deny, and both are shown', () => {
  const shadowed = [decision(100), decision(200, { wouldDeny: true })]
  const [admitted, denied] = plotDecisions(shadowed, options).series.map(({ values }) => values[1])
  expect([admitted, denied]).toEqual([2, 1])
  expect(summary(shadowed)).toBe('2 admitted, 1 of which the policy would deny if it were enforced, 0 denied')
})

test.each([1, 3, 8, 40])('the steps of a second add up to %i checks', (perSecond) => {
  const steps = Array.from({ length: 4 }, (_, step) => dueIn(step, perSecond))
  expect(steps.reduce((sum, due) => sum + due)).toBe(perSecond)
})
