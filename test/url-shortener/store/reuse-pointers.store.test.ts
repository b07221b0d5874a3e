import { randomUUID } from 'node:crypto'
import type { FieldChanges } from '../../../functions/url-shortener/domain/fields.ts'
import { CAUSE } from '../a-link.ts'
import { aBlock, aChange, aRemoval, newState } from './link-table.ts'
import { codeOf, LATER, newUrl, type ReusableLinks, reusableLinks } from './reusable-links.ts'

const { signal } = new AbortController()
let links: ReusableLinks

beforeAll(async () => {
  links = await reusableLinks()
})

test('a plain link is found again with all its fields, created with or without reuse', async () => {
  for (const first of ['offer', 'reuse'] as const) {
    const url = newUrl()
    const made = await links[first](url, { title: 'A title', tags: ['one'] })
    expect(made).toMatchObject({ outcome: 'created' })
    expect(await links.reuse(url)).toEqual({ ...Object(made), outcome: 'reused' })
  }
})

test('the oldest of several plain links is found, however they were created', async () => {
  const url = newUrl()
  await links.offer(url, { createdAt: '2026-03-01T00:00:00.002Z' })
  const oldest = await links.reuse(newUrl(), { createdAt: '2026-03-01T00:00:00.000Z' })
  await links.change({ tenant: 'acme', code: codeOf(oldest) }, aChange({ url }))
  await links.offer(url, { createdAt: '2026-03-01T00:00:00.001Z' })
  expect(codeOf(await links.reuse(url))).toBe(codeOf(oldest))
})

/** Changes of a link after which another link to the same target is found. */
const ENDS: [string, (code: string) => Promise<unknown>][] = [
  ['deleted', (code) => links.store.remove({ tenant: 'acme', code }, aRemoval(), signal)],
  ['changed to lead elsewhere', (code) => links.change({ tenant: 'acme', code }, aChange({ url: newUrl() }))],
  ['changed to be no longer plain', (code) => links.change({ tenant: 'acme', code }, aChange({ maxClicks: 3 }))],
  ['blocked', (code) => links.blocks.block({ tenant: 'acme', code }, aBlock(), signal)],
]

describe.each(ENDS)('when one of two plain links is %s', (_, end) => {
  test.each<[string, 'offer' | 'reuse']>([
    ['both created without reuse', 'offer'],
    ['the first created with it', 'reuse'],
  ])('the other one is found: %s', async (_, first) => {
    for (const ended of [0, 1]) {
      const url = newUrl()
      const codes = [codeOf(await links[first](url)), codeOf(await links.offer(url))]
      await end(codes[ended] ?? '')
      expect(codeOf(await links.reuse(url))).toBe(codes[1 - ended])
    }
  })
})

test('a blocked link that another one replaced is found again once it is unblocked and the other one deleted', async () => {
  const url = newUrl()
  const first = codeOf(await links.reuse(url))
  await links.blocks.block({ tenant: 'acme', code: first }, aBlock(), signal)
  // This is long enough after the block for the pointer to be deleted.
  const second = codeOf(await links.reuse(url, { createdAt: LATER }))
  expect(await links.pointersOf(url)).toEqual([second])
  const unblock = { operationId: randomUUID(), unblockedAt: LATER, cause: CAUSE }
  await links.blocks.unblock({ tenant: 'acme', code: first }, unblock, signal)
  await links.store.remove({ tenant: 'acme', code: second }, aRemoval(), signal)
  expect(codeOf(await links.reuse(url))).toBe(first)
})

test('a link has a pointer for its current target only, and none while it is not plain or once it is deleted', async () => {
  const [url, elsewhere] = [newUrl(), newUrl()]
  const code = codeOf(await links.reuse(url))
  expect(await links.pointersOf(url)).toEqual([code])
  await links.change({ tenant: 'acme', code }, aChange({ url: elsewhere, tags: ['new'] }))
  expect([await links.pointersOf(url), await links.pointersOf(elsewhere)]).toEqual([[], [code]])
  await links.change({ tenant: 'acme', code }, aChange({ forwardQuery: true }))
  expect(await links.pointersOf(elsewhere)).toEqual([])
  await links.change({ tenant: 'acme', code }, aChange({ forwardQuery: false }))
  expect(await links.pointersOf(elsewhere)).toEqual([code])
  await links.store.remove({ tenant: 'acme', code }, aRemoval(), signal)
  expect(await links.pointersOf(elsewhere)).toEqual([])
})

test('a link is not found for another tenant or target, or if it is not offered', async () => {
  const url = newUrl()
  await links.offer(url, { tenant: 'other' })
  await links.offer(`${url}?`)
  await links.insert(newState({ url }))
  expect(await links.reuse(url)).toMatchObject({ outcome: 'created' })
})

/** Changes of a plain link after which it can't be reused. */
const CHANGES: [string, FieldChanges][] = [
  ['leads elsewhere', { url: 'https://example.com/elsewhere' }],
  ['has an end', { expiresAt: '2030-01-01T00:00:00.000Z' }],
  ['has a start', { startsAt: '2020-01-01T00:00:00.000Z' }],
  ['has a cap', { maxClicks: 1 }],
  ['has a password', { passwordHash: 'hash' }],
  ['has rules', { rules: [{ if: { country: 'DE' }, url: 'https://r.example/' }] }],
  ['leads somewhere at its end', { expiredUrl: 'https://e.example/' }],
  ['forwards the query', { forwardQuery: true }],
  ['redirects otherwise', { redirect: 308 }],
  ['is cached', { cacheSeconds: 1 }],
]

test.each(CHANGES)('a link that %s by now is not found, and a new one replaces it', async (_, changes) => {
  const url = newUrl()
  const first = await links.offer(url)
  await links.change({ tenant: 'acme', code: codeOf(first) }, aChange(changes))
  const second = await links.reuse(url)
  expect(second).toMatchObject({ outcome: 'created' })
  expect(await links.reuse(url)).toMatchObject({ outcome: 'reused', state: { link: { code: codeOf(second) } } })
})

test('a link with another title, other tags and a former cap is found', async () => {
  const url = newUrl()
  const code = codeOf(await links.offer(url))
  for (const changes of [{ title: 'New', tags: ['new'] }, { maxClicks: 3 }, { maxClicks: null }]) {
    await links.change({ tenant: 'acme', code }, aChange(changes))
  }
  expect(await links.reuse(url)).toMatchObject({ outcome: 'reused', state: { link: { code, title: 'New' } } })
})

test('a link that was changed to the target is found, and so is one that became plain', async () => {
  const url = newUrl()
  const code = codeOf(await links.insert(newState()))
  await links.change({ tenant: 'acme', code }, aChange({ url }))
  expect(await links.reuse(url)).toMatchObject({ outcome: 'reused', state: { link: { code } } })
  const other = newUrl()
  const special = codeOf(await links.insert(newState({ url: other, redirect: 301 })))
  expect(await links.change({ tenant: 'acme', code: special }, aChange({ redirect: 302 }))).toHaveProperty('link')
  expect(codeOf(await links.reuse(other))).toBe(special)
})

test('a link with an alias that was changed to the target is not found', async () => {
  const url = newUrl()
  const alias = newState({ isAlias: true })
  await links.insert(alias)
  await links.change(alias.link, aChange({ url }))
  expect(await links.reuse(url)).toMatchObject({ outcome: 'created' })
})

test('a deleted or blocked link is not found', async () => {
  const url = newUrl()
  const first = codeOf(await links.offer(url))
  await links.store.remove({ tenant: 'acme', code: first }, aRemoval(), signal)
  const second = codeOf(await links.reuse(url))
  expect(second).not.toBe(first)
  await links.blocks.block({ tenant: 'acme', code: second }, aBlock(), signal)
  expect([first, second]).not.toContain(codeOf(await links.reuse(url)))
})

test('a repeated creation returns its own link as created, even if another link is offered by now', async () => {
  const state = newState({ url: newUrl() })
  const first = await links.insert(state, { sharing: 'reuse' })
  await links.offer(state.link.url)
  expect(await links.insert(state, { sharing: 'reuse' })).toEqual(first)
  expect(first).toEqual({ outcome: 'created', state })
})

test('a taken code is refused, and the pointer stays unchanged', async () => {
  const taken = newState()
  await links.insert(taken)
  const url = newUrl()
  expect(await links.reuse(url, { code: taken.link.code })).toBe('taken')
  expect(await links.reuse(url)).toMatchObject({ outcome: 'created' })
})

test('a link is found behind more pointers than a page holds', async () => {
  const url = newUrl()
  for (let index = 0; index < 45; index++)
    await links.writePointer(url, `none-${index}`, `2026-01-01T00:00:00.0${10 + index}Z`)
  const code = codeOf(await links.offer(url))
  expect(codeOf(await links.reuse(url))).toBe(code)
})
