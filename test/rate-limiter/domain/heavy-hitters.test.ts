import * as fc from 'fast-check'
import { createHeavyHitters, type Hitter } from '../../../functions/rate-limiter/domain/heavy-hitters.ts'

type Arrival = [key: string, times: number]

/** Few keys come often and many come rarely, in any order. */
const arrivals = fc.array(
  fc.tuple(
    fc.oneof(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 0, max: 40 }).map(String)),
    fc.integer({ min: 1, max: 9 }),
  ),
  { maxLength: 300 },
)
const places = fc.integer({ min: 1, max: 12 })

function countAll(given: readonly Arrival[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const [key, times] of given) counts.set(key, (counts.get(key) ?? 0) + times)
  return counts
}

function listAfter(given: readonly Arrival[], size: number): Hitter[] {
  const hitters = createHeavyHitters(size)
  for (const [key, times] of given) hitters.add(key, times)
  return hitters.list()
}

const sum = (numbers: Iterable<number>) => [...numbers].reduce((total, one) => total + one, 0)

test('a count without its error is never too high, and too low by a share of all at most', () => {
  void fc.assert(
    fc.property(arrivals, places, (given, size) => {
      const truth = countAll(given)
      const least = new Map(listAfter(given, size).map(({ key, count, error }) => [key, count - error]))
      const bound = sum(truth.values()) / size
      for (const [key, times] of truth) {
        const shown = least.get(key) ?? 0
        expect(shown).toBeLessThanOrEqual(times)
        expect(times - shown).toBeLessThanOrEqual(bound)
      }
    }),
  )
})

test('a count with its error is never too low, and no more keys are remembered than there are places', () => {
  void fc.assert(
    fc.property(arrivals, places, (given, size) => {
      const truth = countAll(given)
      const hitters = listAfter(given, size)
      expect(hitters.length).toBeLessThanOrEqual(size)
      for (const { key, count } of hitters) expect(count).toBeGreaterThanOrEqual(truth.get(key) ?? 0)
    }),
  )
})

test('while there are places for all, every count is exact', () => {
  const given: Arrival[] = [
    ['a', 2],
    ['b', 1],
    ['a', 3],
  ]
  expect(listAfter(given, 2)).toEqual([
    { key: 'a', count: 5, error: 0 },
    { key: 'b', count: 1, error: 0 },
  ])
})

test('it goes on from what another one listed', () => {
  void fc.assert(
    fc.property(arrivals, arrivals, places, (first, second, size) => {
      const hitters = createHeavyHitters(size, listAfter(first, size))
      for (const [key, times] of second) hitters.add(key, times)
      expect(hitters.list()).toEqual(listAfter([...first, ...second], size))
    }),
  )
})
