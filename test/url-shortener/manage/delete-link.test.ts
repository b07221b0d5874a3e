import { type DeleteLinkDeps, deleteLink } from '../../../functions/url-shortener/manage/delete-link.ts'

import { CAUSE } from '../a-link.ts'

const SELECTOR = { tenant: 'acme', code: 'abc', ifMatch: ['version-1'] }
const { signal } = new AbortController()

/** Creates the use case over a store whose removal is `remove`. */
const deleter = (remove: DeleteLinkDeps['remove']) =>
  deleteLink({ remove, newOperationId: () => 'version-2', now: () => Date.UTC(2026, 2, 13, 8) })

test.each(['removed', 'not-found', 'stale'] as const)('the outcome %s is the store’s', async (outcome) => {
  expect(await deleter(async () => outcome)({ selector: SELECTOR, cause: CAUSE }, signal)).toEqual({ outcome })
})

test('the store is called once, with the link, the requested version, the time, a new operation id and the signal', async () => {
  const asked: unknown[][] = []
  const remove = deleter(async (...args) => {
    asked.push(args)
    return 'removed'
  })
  await remove({ selector: SELECTOR, cause: CAUSE }, signal)
  expect(asked).toEqual([
    [SELECTOR, { deletedAt: '2026-03-13T08:00:00.000Z', operationId: 'version-2', cause: CAUSE }, signal],
  ])
  expect(asked[0]?.[2]).toBe(signal)
})

test('a failure of the store fails the removal', async () => {
  const failure = new Error('down')
  const remove = deleter(async () => {
    throw failure
  })
  await expect(remove({ selector: SELECTOR, cause: CAUSE }, signal)).rejects.toBe(failure)
})
