import { problemResponse } from '../../../../functions/shared/http/response.ts'
import { quotaProblem } from '../../../../functions/shared/rate-limit/http/rate-limit-fields.ts'
import { decided, decision, denial } from '../support/decisions.ts'

test('a denied request is told which policies denied it, and when to come again', () => {
  const answer = decided(denial(1001), denial(30_000, { policy: 'daily' }), decision({ policy: 'reads' }))
  expect(problemResponse(quotaProblem(answer), 'request-1')).toEqual({
    status: 429,
    headers: { 'content-type': 'application/problem+json; charset=utf-8', 'retry-after': '30' },
    body: {
      type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
      title: 'Request cannot be satisfied as assigned quota has been exceeded',
      status: 429,
      detail: 'Too much for writes, daily: try again later.',
      code: 'rate-limited',
      requestId: 'request-1',
      'violated-policies': ['writes', 'daily'],
    },
  })
})

test('a policy that denied two subjects is named once', () => {
  const { members } = quotaProblem(decided(denial(1000), denial(1000, { subject: 'org:8' })))
  expect(members).toEqual({ 'violated-policies': ['writes'] })
})

test('what can never pass is said to', () => {
  const { detail, headers } = quotaProblem(decided(denial(null)))
  expect(detail).toBe('Too much for writes: this can never pass.')
  expect(headers).toEqual({})
})

test('what could not be checked is no fault of the client', () => {
  const both = quotaProblem(decided(denial(1000, { degraded: true }), denial(1000, { policy: 'daily' })))
  expect(both.detail).toBe("writes, daily can't be checked right now: try again later.")
  const { detail } = quotaProblem(decided(denial(1000, { degraded: true })))
  expect(detail).toBe("writes can't be checked right now: try again later.")
})
