import { type Report, reportLink } from '../../../functions/url-shortener/moderate/report-link.ts'
import { CAUSE } from '../a-link.ts'

const { signal } = new AbortController()

test('a report over the limit is dropped before anything is read or written', async () => {
  const asked: string[] = []
  const report = reportLink({
    mayBeKept: async (code) => asked.push(code) > 1,
    store: async () => 'stored',
    newOperationId: () => 'operation-1',
    now: () => 0,
  })
  const outcomes = [1, 2].map(() => report({ code: 'abc', reason: 'Spam.', cause: CAUSE }, signal))
  expect([await Promise.all(outcomes), asked]).toEqual([
    ['dropped', 'stored'],
    ['abc', 'abc'],
  ])
})

test.each(['stored', 'unknown'] as const)('a report is stored for 90 days, without its sender: %s', async (outcome) => {
  const reports: Report[] = []
  const report = reportLink({
    mayBeKept: async () => true,
    store: async (made) => {
      reports.push(made)
      return outcome
    },
    newOperationId: () => 'operation-1',
    now: () => Date.parse('2026-03-13T08:00:00.001Z'),
  })
  expect(await report({ code: 'abc', reason: 'Spam.', cause: CAUSE }, signal)).toBe(outcome)
  expect(reports).toEqual([
    {
      operationId: 'operation-1',
      code: 'abc',
      reason: 'Spam.',
      reportedAt: '2026-03-13T08:00:00.001Z',
      expiresAt: Date.parse('2026-06-11T08:00:01Z') / 1000,
      cause: CAUSE,
    },
  ])
})
