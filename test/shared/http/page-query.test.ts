import * as z from 'zod/mini'
import { DEFAULT_LIMIT, MAX_LIMIT, pageQuery } from '../../../functions/shared/http/page-query.ts'
import { HttpProblem } from '../../../functions/shared/http/response.ts'
import { validate } from '../../../functions/shared/http/validate.ts'

const schema = z.strictObject(pageQuery)

/** @returns the problem: any other outcome fails the test. */
function refusal(query: Record<string, string>) {
  try {
    validate(schema, query)
  } catch (error) {
    if (error instanceof HttpProblem) return error.problem
    throw error
  }
  throw new Error(`${JSON.stringify(query)} was accepted.`)
}

test('without a limit it is 25, and there is no cursor', () => {
  expect(validate(schema, {})).toEqual({ limit: 25 })
  expect([DEFAULT_LIMIT, MAX_LIMIT]).toEqual([25, 100])
})

test.each([
  ['1', 1],
  ['25', 25],
  ['99', 99],
  ['100', 100],
])('the limit %j is %i', (limit, number) => {
  expect(validate(schema, { limit })).toEqual({ limit: number })
})

test.each([
  '0',
  '000',
  '007',
  '101',
  '999',
  '1000',
  '-1',
  '+1',
  '1.5',
  '1e2',
  '0x10',
  'abc',
  '',
  ' ',
  ' 1',
  '1 ',
  '1,2',
  '１',
  'NaN',
])('the limit %j is 422 with its path', (limit) => {
  expect(refusal({ limit })).toMatchObject({
    status: 422,
    code: 'invalid-input',
    errors: [{ path: 'limit', message: 'must be a number from 1 to 100' }],
  })
})

test('a cursor of any length passes: opening it is what fails with 400', () => {
  for (const cursor of ['', 'x', 'x'.repeat(1025)]) expect(validate(schema, { cursor })).toEqual({ limit: 25, cursor })
})
