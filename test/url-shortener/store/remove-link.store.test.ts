import type { FieldChanges } from '../../../functions/url-shortener/domain/fields.ts'
import type { LinkState } from '../../../functions/url-shortener/domain/link.ts'
import { CAUSE } from '../a-link.ts'
import { AT, aChange, aRemoval, fullState, linkTable, newState } from './link-table.ts'

const { signal } = new AbortController()
const FUTURE = '2036-06-01T00:00:00.000Z'
let links: Awaited<ReturnType<typeof linkTable>>

beforeAll(async () => {
  links = await linkTable()
})

const stored = async (changes: FieldChanges = {}): Promise<LinkState> => {
  const state = fullState(changes)
  await links.insert(state)
  return state
}

/** @proves url-shortener/code-once */
test('a removal leaves the code and the times, but no content of the link or its second items', async () => {
  const { link } = await stored({
    ...{ title: 'secret', expiresAt: FUTURE, maxClicks: 5, passwordHash: 'hash' },
    ...{ expiredUrl: 'https://e.example/', forwardQuery: true, redirect: 301 },
  })
  const removal = aRemoval()
  expect(await links.store.remove(link, removal, signal)).toBe('removed')
  expect(Object.keys((await links.itemOf(link.code)) ?? {}).sort()).toEqual(
    [
      ...['code', 'createdAt', 'deletedAt', 'firstVersion', 'pk', 'sk', 'tenant', 'updatedAt', 'version'],
      ...['event', 'sequence'],
    ].sort(),
  )
  expect(await links.itemOf(link.code, 'details')).toBeUndefined()
  expect(await links.itemOf(link.code, 'cap')).toBeUndefined()
  expect(await links.entryOf(link.code)).toEqual({
    entry: { operationId: removal.operationId, type: 'url-shortener.link.deleted', time: AT, ...CAUSE },
    sequence: 2,
  })
  expect(await links.insert(newState({ code: link.code }))).toBe('taken')
})

test('a removal deletes a counter whose cap was removed before', async () => {
  const { link } = await stored({ maxClicks: 5 })
  await links.change(link, aChange({ maxClicks: null }))
  await links.store.remove(link, aRemoval(), signal)
  expect(await links.itemOf(link.code, 'cap')).toBeUndefined()
})

test('a removal of a stale version, by another tenant, or a second one, removes nothing', async () => {
  const state = await stored({ maxClicks: 5 })
  const { link } = state
  expect(await links.store.remove({ ...link, ifMatch: ['another'] }, aRemoval(), signal)).toBe('stale')
  expect(await links.store.remove({ ...link, tenant: 'other' }, aRemoval(), signal)).toBe('not-found')
  expect(await links.stateOf(link.code)).toEqual(state)
  expect(await links.store.remove({ ...link, ifMatch: ['another', link.version] }, aRemoval(), signal)).toBe('removed')
  expect(await links.store.remove(link, aRemoval(), signal)).toBe('not-found')
  expect(await links.entryOf(link.code)).toMatchObject({ sequence: 2 })
})

test('a removal whose response was lost succeeds when it is repeated', async () => {
  for (const changes of [{}, { maxClicks: 5 }]) {
    const { link } = await stored(changes)
    const removal = aRemoval()
    const selector = { ...link, ifMatch: [link.version] }
    for (const _ of [1, 2]) expect(await links.store.remove(selector, removal, signal)).toBe('removed')
    expect(await links.entryOf(link.code)).toMatchObject({ sequence: 2 })
  }
})
