import fc from 'fast-check'
import { windowAt } from '../../../../functions/shared/rate-limit/algorithms/windows.ts'

const iso = (ms: number) => new Date(ms).toISOString()

test.each([
  ['hour', '2026-03-29T01:59:59.999Z', '2026-03-29T01:00:00.000Z', '2026-03-29T02:00:00.000Z'],
  ['hour', '2026-03-29T02:00:00.000Z', '2026-03-29T02:00:00.000Z', '2026-03-29T03:00:00.000Z'],
  ['day', '2026-12-31T23:59:59.999Z', '2026-12-31T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
  ['day', '2028-02-29T12:00:00.000Z', '2028-02-29T00:00:00.000Z', '2028-03-01T00:00:00.000Z'],
  ['month', '2028-02-29T23:59:59.999Z', '2028-02-01T00:00:00.000Z', '2028-03-01T00:00:00.000Z'],
  ['month', '2027-02-28T23:59:59.999Z', '2027-02-01T00:00:00.000Z', '2027-03-01T00:00:00.000Z'],
  ['month', '2026-12-31T23:59:59.999Z', '2026-12-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
  ['month', '2027-01-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z', '2027-02-01T00:00:00.000Z'],
] as const)('the %s of %s is that of UTC', (calendar, moment, ...expected) => {
  const { startMs, endMs } = windowAt({ calendar }, Date.parse(moment))
  expect([iso(startMs), iso(endMs)]).toEqual(expected)
})

test('windows align to the epoch', () => {
  expect(windowAt({ windowMs: 7000 }, 20_999)).toEqual({ number: 2, startMs: 14_000, endMs: 21_000 })
  expect(windowAt({ windowMs: 7000 }, 21_000)).toEqual({ number: 3, startMs: 21_000, endMs: 28_000 })
})

const clocks = fc.oneof(
  fc.record({ windowMs: fc.integer({ min: 1000, max: 40 * 86_400_000 }) }),
  fc.record({ calendar: fc.constantFrom('hour' as const, 'day' as const, 'month' as const) }),
)

test('each moment lies in one window, and the next window has the next number and no gap before it', () => {
  fc.assert(
    fc.property(clocks, fc.integer({ min: 0, max: 4e12 }), (clock, now) => {
      const window = windowAt(clock, now)
      expect(window.startMs).toBeLessThanOrEqual(now)
      expect(window.endMs).toBeGreaterThan(now)
      expect(windowAt(clock, window.endMs)).toMatchObject({ number: window.number + 1, startMs: window.endMs })
      expect(windowAt(clock, window.startMs)).toEqual(window)
    }),
  )
})
