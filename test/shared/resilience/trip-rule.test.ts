import fc from 'fast-check'
import { failureRate } from '../../../functions/shared/resilience/trip-rule.ts'

/** Returns the rule's verdict after each outcome: `x` is a failure, `.` an answer. */
function verdicts(options: Parameters<typeof failureRate>[0], outcomes: string): boolean[] {
  const shouldOpen = failureRate(options)()
  return [...outcomes].map((outcome) => shouldOpen(outcome === 'x'))
}

test('it opens on the failure that reaches the rate', () => {
  expect(verdicts({ windowSize: 10, minCalls: 4, rate: 0.5 }, '..xx')).toEqual([false, false, false, true])
})

test('it does not open below the rate', () => {
  expect(verdicts({ windowSize: 5, minCalls: 5, rate: 0.5 }, '...xx.')).not.toContain(true)
})

test('too few calls never open', () => {
  expect(verdicts({ windowSize: 10, minCalls: 4, rate: 0.5 }, 'xxx')).not.toContain(true)
  expect(verdicts({ windowSize: 10, minCalls: 4, rate: 0.5 }, 'xxxx')).toEqual([false, false, false, true])
})

test('an answer never opens, even where it completes the calls that are needed', () => {
  expect(verdicts({ windowSize: 10, minCalls: 4, rate: 0.5 }, 'xxx.')).not.toContain(true)
})

test('only the calls of the window count', () => {
  expect(verdicts({ windowSize: 4, minCalls: 4, rate: 0.75 }, 'xx....x.xx').at(-1)).toBe(true)
  expect(verdicts({ windowSize: 4, minCalls: 4, rate: 0.75 }, 'xx..x')).not.toContain(true)
})

test('rate 1 over a full window is so many failures in a row', () => {
  expect(verdicts({ windowSize: 3, minCalls: 3, rate: 1 }, 'xx.xx.xxx').indexOf(true)).toBe(8)
})

test('each closed period begins without a memory', () => {
  const rule = failureRate({ windowSize: 2, minCalls: 2, rate: 1 })
  rule()(true)
  expect(rule()(true)).toBe(false)
})

test('it agrees with the definition for any outcomes and options', () => {
  const options = fc
    .record({ windowSize: fc.integer({ min: 1, max: 20 }), minCalls: fc.nat(), percent: fc.nat({ max: 100 }) })
    .map(({ windowSize, minCalls, percent }) => ({
      windowSize,
      minCalls: 1 + (minCalls % windowSize),
      rate: percent / 100,
    }))
  fc.assert(
    fc.property(options, fc.array(fc.constantFrom('x', '.'), { maxLength: 50 }), (given, outcomes) => {
      const defined = outcomes.map((outcome, index) => {
        const last = outcomes.slice(0, index + 1).slice(-given.windowSize)
        const failures = last.filter((one) => one === 'x').length
        return outcome === 'x' && last.length >= given.minCalls && failures / last.length >= given.rate
      })
      expect(verdicts(given, outcomes.join(''))).toEqual(defined)
    }),
  )
})

test.each([
  ['windowSize', { windowSize: 0 }],
  ['windowSize', { windowSize: 1001 }],
  ['minCalls', { minCalls: 0 }],
  ['minCalls', { minCalls: 11 }],
  ['rate', { rate: -0.1 }],
  ['rate', { rate: 1.1 }],
])('%s is refused out of its range: %p', (name, options) => {
  const given = { windowSize: 10, minCalls: 4, rate: 0.5, ...options }
  expect(() => failureRate(given)).toThrow(RangeError)
  expect(() => failureRate(given)).toThrow(name)
})
