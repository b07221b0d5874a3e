import { blockLink, unblockLink } from '../../../functions/url-shortener/moderate/block-link.ts'
import { CAUSE } from '../a-link.ts'

const LINK = { tenant: 'acme', code: 'abc' }
const { signal } = new AbortController()
const deps = { newOperationId: () => 'operation-1', now: () => Date.UTC(2026, 2, 13, 8) }

test.each([
  'blocked',
  'not-found',
] as const)('a block has an id, a time and its author; the outcome is %s', async (outcome) => {
  const asked: unknown[] = []
  const block = blockLink({
    ...deps,
    block: async (...args) => {
      asked.push(args)
      return outcome
    },
  })
  const given = { reason: 'Spam.', blockedBy: 'admin-1', cause: CAUSE }
  expect(await block({ ...LINK, ...given }, signal)).toEqual({ outcome })
  expect(asked).toEqual([
    [
      { ...LINK, onlyIfAbsent: false },
      { ...given, operationId: 'operation-1', blockedAt: '2026-03-13T08:00:00.000Z' },
      signal,
    ],
  ])
})

test.each([
  'unblocked',
  'not-found',
] as const)('an unblocking has an id and a time; the outcome is %s', async (outcome) => {
  const asked: unknown[] = []
  const unblock = unblockLink({
    ...deps,
    unblock: async (...args) => {
      asked.push(args)
      return outcome
    },
  })
  expect(await unblock({ ...LINK, cause: CAUSE }, signal)).toEqual({ outcome })
  expect(asked).toEqual([
    [LINK, { operationId: 'operation-1', unblockedAt: '2026-03-13T08:00:00.000Z', cause: CAUSE }, signal],
  ])
})
