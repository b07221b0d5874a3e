import { randomUUID } from 'node:crypto'
import type { PutItemInput } from '@aws-sdk/client-dynamodb'
import type { CallOptions } from '../../functions/shared/aws/house-call.ts'
import type { NewLink } from '../../functions/url-shortener/create-link.ts'
import type { Link } from '../../functions/url-shortener/link.ts'
import { codeFor } from '../../functions/url-shortener/link-code.ts'
import type { FieldChanges } from '../../functions/url-shortener/link-fields.ts'
import { CAUSE } from './a-link.ts'
import { aChange, aRemoval, linkTable, newState } from './link-table.ts'

const { signal } = new AbortController()
let links: Awaited<ReturnType<typeof linkTable>>

beforeAll(async () => {
  links = await linkTable()
})

/** A target that no other test has. */
const newUrl = () => `https://example.com/${randomUUID()}`
const offer = (url: string, more: Partial<Link> = {}) => links.insert(newState({ url, ...more }), { sharing: 'offer' })
const reuse = (url: string, more: Partial<Link> = {}, made: Partial<NewLink> = {}) =>
  links.insert(newState({ url, ...more }), { sharing: 'reuse', ...made })
const codeOf = (result: Awaited<ReturnType<typeof reuse>>) => (result === 'taken' ? result : result.state.link.code)

test('a plain link is found again, made with or without reuse, whole', async () => {
  for (const first of [offer, reuse]) {
    const url = newUrl()
    const made = await first(url, { title: 'A title', tags: ['one'] })
    expect(made).toMatchObject({ outcome: 'created' })
    expect(await reuse(url)).toEqual({ ...Object(made), outcome: 'reused' })
  }
})

test('of two plain links the later one is found', async () => {
  const url = newUrl()
  await offer(url)
  const later = await offer(url)
  expect(codeOf(await reuse(url))).toBe(codeOf(later))
})

test('another tenant’s link, one to another target, and one that is not offered, are not found', async () => {
  const url = newUrl()
  await offer(url, { tenant: 'other' })
  await offer(`${url}?`)
  await links.insert(newState({ url }))
  expect(await reuse(url)).toMatchObject({ outcome: 'created' })
})

/** What becomes of a plain link, so that it isn't what somebody asks for. */
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

test.each(CHANGES)('a link that %s by now is not found, and the new one is in its place', async (_, changes) => {
  const url = newUrl()
  const first = await offer(url)
  await links.change({ tenant: 'acme', code: codeOf(first) }, aChange(changes))
  const second = await reuse(url)
  expect(second).toMatchObject({ outcome: 'created' })
  expect(await reuse(url)).toMatchObject({ outcome: 'reused', state: { link: { code: codeOf(second) } } })
})

test('a link with another title, other tags and a cap that it had once is found', async () => {
  const url = newUrl()
  const code = codeOf(await offer(url))
  for (const changes of [{ title: 'New', tags: ['new'] }, { maxClicks: 3 }, { maxClicks: null }]) {
    await links.change({ tenant: 'acme', code }, aChange(changes))
  }
  expect(await reuse(url)).toMatchObject({ outcome: 'reused', state: { link: { code, title: 'New' } } })
})

/** A link with the code that its creation gives it. */
async function generated(more: Partial<Link> = {}) {
  const version = randomUUID()
  return codeOf(await links.insert(newState({ code: codeFor(version, 2), version, ...more })))
}

test('a link that leads there by a change is found, and so is one that became plain', async () => {
  const url = newUrl()
  const code = await generated()
  await links.change({ tenant: 'acme', code }, aChange({ url }))
  expect(await reuse(url)).toMatchObject({ outcome: 'reused', state: { link: { code } } })
  const other = newUrl()
  const special = await generated({ url: other, redirect: 301 })
  expect(await links.change({ tenant: 'acme', code: special }, aChange({ redirect: 302 }))).toHaveProperty('link')
  expect(codeOf(await reuse(other))).toBe(special)
})

test('a link with an alias that leads there by a change is not', async () => {
  const url = newUrl()
  const alias = newState()
  await links.insert(alias)
  await links.change(alias.link, aChange({ url }))
  expect(await reuse(url)).toMatchObject({ outcome: 'created' })
})

test('a deleted link, and a blocked one, are not found', async () => {
  const url = newUrl()
  const first = codeOf(await offer(url))
  await links.store.remove({ tenant: 'acme', code: first }, aRemoval(), signal)
  const second = codeOf(await reuse(url))
  expect(second).not.toBe(first)
  await links.dynamodb('UpdateItem', {
    TableName: links.table,
    Key: { pk: { S: `L#${second}` }, sk: { S: 'link' } },
    UpdateExpression: 'SET blockedAt = :now',
    ExpressionAttributeValues: { ':now': { S: '2026-05-06T07:08:09.000Z' } },
  })
  expect([first, second]).not.toContain(codeOf(await reuse(url)))
})

test('a creation that is repeated gives the link that it made, as made, also when another link is offered by now', async () => {
  const state = newState({ url: newUrl() })
  const first = await links.insert(state, { sharing: 'reuse' })
  await offer(state.link.url)
  expect(await links.insert(state, { sharing: 'reuse' })).toEqual(first)
  expect(first).toEqual({ outcome: 'created', state })
})

test('a code that is taken is told so, and the pointer stays as it is', async () => {
  const taken = newState()
  await links.insert(taken)
  const url = newUrl()
  expect(await reuse(url, { code: taken.link.code })).toBe('taken')
  expect(await reuse(url)).toMatchObject({ outcome: 'created' })
})

test('a pointer to a link that was never stored, as of a creation that died, is replaced', async () => {
  const url = newUrl()
  const call = async (operation: 'PutItem', input: PutItemInput, options?: CallOptions) => {
    if (input.ConditionExpression) throw new Error('The function died.')
    return links.dynamodb(operation, input, options)
  }
  const neverStored = links.storeOver(call as unknown as typeof links.dynamodb)
  const made = { state: newState({ url }), changed: [], cause: CAUSE, sharing: 'offer' as const }
  await expect(neverStored.insert(made, signal)).rejects.toThrow('died')
  const next = await reuse(url)
  expect(next).toMatchObject({ outcome: 'created' })
  expect(codeOf(await reuse(url))).toBe(codeOf(next))
})

test.each([
  'none',
  'one that is gone',
])('of 20 at once, while there is %s, one makes the link and the others get it, in each of 5 rounds', async (before) => {
  for (let round = 0; round < 5; round++) {
    const url = newUrl()
    if (before !== 'none') {
      const code = codeOf(await offer(url))
      await links.store.remove({ tenant: 'acme', code }, aRemoval(), signal)
    }
    const results = await Promise.all(Array.from({ length: 20 }, () => reuse(url)))
    expect(new Set(results.map(codeOf)).size).toBe(1)
    expect(results.filter((result) => result !== 'taken' && result.outcome === 'created')).toHaveLength(1)
  }
})
