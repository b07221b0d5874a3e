import { committedAck } from '../../functions/chat/acks.ts'
import { type CommitResult, refuse } from '../../functions/chat/domain/commit.ts'
import { notCommitted } from '../../functions/chat/problems.ts'

type NotCommitted = Exclude<CommitResult, { outcome: 'committed' }>

test.each<[NotCommitted, string, [status: number, code: string, retryAfter?: string]]>([
  [{ outcome: 'contended', retryAfterMs: 300 }, 'CONFLICT_RETRY', [409, 'conflict-retry', '1']],
  [refuse('rate-limited', 'Too often.', 1200), 'RATE_LIMITED', [429, 'rate-limited', '2']],
  [refuse('not-member', 'No.'), 'NOT_MEMBER', [404, 'not-member']],
  [refuse('not-found', 'No.'), 'NOT_FOUND', [404, 'not-found']],
  [refuse('muted', 'No.'), 'MUTED', [403, 'muted']],
  [refuse('blocked', 'No.'), 'BLOCKED', [403, 'blocked']],
  [refuse('forbidden', 'No.'), 'FORBIDDEN', [403, 'forbidden']],
  [refuse('conflict', 'No.'), 'CONFLICT', [409, 'conflict']],
  [refuse('invalid', 'No.'), 'INVALID', [422, 'invalid-input']],
])('%j is told alike over WebSocket and HTTP', (result, ackCode, [status, code, retryAfter]) => {
  const ack = committedAck(result)
  expect(ack).toMatchObject({ ok: false, code: ackCode, message: expect.any(String) })
  const { problem } = notCommitted(result)
  expect(problem).toMatchObject({ status, code })
  expect(problem.headers?.['retry-after']).toBe(retryAfter)
  expect(ack).toHaveProperty('message', problem.detail)
  expect('retryAfterMs' in ack).toBe(retryAfter !== undefined)
})
