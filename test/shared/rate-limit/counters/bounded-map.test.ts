import { boundedMap } from '../../../../functions/shared/rate-limit/counters/bounded-map.ts'

test('what was set longest ago goes when there is one too many', () => {
  const known = boundedMap<number>(2)
  known.set('a', 1)
  known.set('b', 2)
  known.set('a', 3)
  known.set('c', 4)
  expect([known.get('a'), known.get('b'), known.get('c')]).toEqual([3, undefined, 4])
})
