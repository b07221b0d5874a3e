import { PROBLEM_CODES } from '../../functions/shared/errors.ts'
import { apiDescription } from '../../functions/url-shortener/api-description.ts'
import { LINK_PROBLEM_CODES } from '../../functions/url-shortener/problems.ts'
import { answersOf } from '../../tools/openapi/refusals.ts'

test('the description of the API names every code that a client can see, and no other', () => {
  const described = apiDescription.operations
    .flatMap((operation) => Object.values(answersOf(operation)))
    .flatMap((answer) => ('codes' in answer ? answer.codes : []))
  // Only requests that no route matches get this one, and they are not operations.
  const codes = new Set([...described, 'method-not-allowed'])
  expect([...codes].sort()).toEqual([...PROBLEM_CODES, ...LINK_PROBLEM_CODES].sort())
})
