import { REFUSALS, refuse } from '../../functions/chat/domain/commit.ts'
import { notCommitted } from '../../functions/chat/problems.ts'

test('each refusal has a status, and the code that clients know', () => {
  const told = REFUSALS.map((code) => {
    const { problem } = notCommitted(refuse(code, 'Because.'))
    return [code, problem.status, problem.code]
  })
  expect(Object.fromEntries(told.map(([code, ...rest]) => [code, rest]))).toMatchObject({
    'not-member': [404, 'not-member'],
    'not-found': [404, 'not-found'],
    muted: [403, 'muted'],
    blocked: [403, 'blocked'],
    forbidden: [403, 'forbidden'],
    banned: [409, 'banned'],
    conflict: [409, 'conflict'],
    'last-owner': [409, 'last-owner'],
    'limit-reached': [409, 'limit-reached'],
    'precondition-failed': [412, 'precondition-failed'],
    invalid: [422, 'invalid-input'],
    'rate-limited': [429, 'rate-limited'],
  })
})

test('a wait is told in whole seconds, rounded up', () => {
  expect(notCommitted(refuse('rate-limited', 'Slower.', 1001)).problem.headers).toEqual({ 'retry-after': '2' })
  expect(notCommitted({ outcome: 'contended', retryAfterMs: 300 }).problem).toMatchObject({
    status: 409,
    code: 'conflict-retry',
    headers: { 'retry-after': '1' },
  })
  expect(notCommitted(refuse('muted', 'Hush.')).problem).not.toHaveProperty('headers')
})
