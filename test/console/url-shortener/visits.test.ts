import { outcomeOf, verdictOf } from '../../../console/url-shortener/visits.ts'

test.each([
  [302, 'admitted'],
  [308, 'admitted'],
  [200, 'refused'],
  [410, 'refused'],
  [429, 'failed'],
  [503, 'failed'],
])('a visit that is answered %i is %s', (status, outcome) => {
  expect(outcomeOf({ status })).toBe(outcome)
})

test.each([
  [['admitted', 'refused'], 1, '1 of 2 visits were redirected, exactly as many as the cap allows; 1 were refused.'],
  [['admitted'], 5, '1 of 1 visits were redirected, exactly as many as the cap allows; 0 were refused.'],
  [['admitted', 'admitted'], 1, '2 of 2 visits were redirected, where the cap allows 1; 0 were refused.'],
] as const)('%j with a cap of %i: %s', (outcomes, cap, verdict) => {
  expect(verdictOf(outcomes, cap)).toBe(verdict)
})

test('visits that were not answered in time are told apart from refused ones', () => {
  expect(verdictOf(['admitted', 'failed'], 2)).toMatch(
    /1 of 2 .* cap allows 2; 0 were refused\. 1 could not be answered/,
  )
})
