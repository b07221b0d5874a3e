import { createHash, randomUUID } from 'node:crypto'
import type { GetItemInput, PutItemInput, QueryInput, TransactWriteItemsInput } from '@aws-sdk/client-dynamodb'
import type { CallOptions } from '../../../functions/shared/aws/create-send.ts'
import type { FieldChanges } from '../../../functions/url-shortener/domain/fields.ts'
import type { Link } from '../../../functions/url-shortener/domain/link.ts'
import type { NewLink } from '../../../functions/url-shortener/manage/create-link.ts'
import { createBlockStore } from '../../../functions/url-shortener/store/blocks.ts'
import { callOf, clientOf, type DynamoDBCall } from '../../support/fake-dynamodb.ts'
import { aLink, CAUSE } from '../a-link.ts'
import { AT, aChange, aRemoval, linkTable, newState } from './link-table.ts'

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

const LATER = '2026-03-12T19:09:00.000Z'
const blocks = () =>
  createBlockStore({
    client: links.dynamodb,
    tableName: links.table,
    random: Math.random,
    newToken: randomUUID,
  })
const aBlock = () => ({ operationId: randomUUID(), reason: 'Spam.', blockedAt: AT, blockedBy: null, cause: CAUSE })

const partitionOf = (url: string) => `U#acme#${createHash('sha256').update(url).digest('base64url')}`
/** The codes that are pointed to, but for the claim. */
async function pointersOf(url: string): Promise<(string | undefined)[]> {
  const { Items = [] } = await callOf(links.dynamodb)('Query', {
    TableName: links.table,
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :plain)',
    ExpressionAttributeValues: { ':pk': { S: partitionOf(url) }, ':plain': { S: 'plain#' } },
    ConsistentRead: true,
  })
  return Items.map((item) => item.code?.S)
}
/** Writes a pointer as the creation of a link does. */
async function offerAgain(url: string, code: string, createdAt = aLink().createdAt) {
  const key = { pk: { S: partitionOf(url) }, sk: { S: `plain#${createdAt}#${code}` } }
  const Item = { ...key, code: { S: code }, offeredAt: { S: createdAt } }
  await callOf(links.dynamodb)('PutItem', { TableName: links.table, Item })
}

test('a plain link is found again, made with or without reuse, whole', async () => {
  for (const first of [offer, reuse]) {
    const url = newUrl()
    const made = await first(url, { title: 'A title', tags: ['one'] })
    expect(made).toMatchObject({ outcome: 'created' })
    expect(await reuse(url)).toEqual({ ...Object(made), outcome: 'reused' })
  }
})

test('of several plain links the oldest is found, however they were made', async () => {
  const url = newUrl()
  await offer(url, { createdAt: '2026-03-01T00:00:00.002Z' })
  const oldest = await reuse(newUrl(), { createdAt: '2026-03-01T00:00:00.000Z' })
  await links.change({ tenant: 'acme', code: codeOf(oldest) }, aChange({ url }))
  await offer(url, { createdAt: '2026-03-01T00:00:00.001Z' })
  expect(codeOf(await reuse(url))).toBe(codeOf(oldest))
})

/** Changes of a link after which another one of its target is found. */
const ENDS: [string, (code: string) => Promise<unknown>][] = [
  ['deleted', (code) => links.store.remove({ tenant: 'acme', code }, aRemoval(), signal)],
  ['changed to lead elsewhere', (code) => links.change({ tenant: 'acme', code }, aChange({ url: newUrl() }))],
  ['changed to be no longer plain', (code) => links.change({ tenant: 'acme', code }, aChange({ maxClicks: 3 }))],
  ['blocked', (code) => blocks().block({ tenant: 'acme', code }, aBlock(), signal)],
]

describe.each(ENDS)('when one of two plain links is %s', (_, end) => {
  test.each<[string, typeof offer, typeof offer]>([
    ['both made without reuse', offer, offer],
    ['the first made with it', reuse, offer],
  ])('the other one is found: %s', async (_, makeFirst, makeSecond) => {
    for (const ended of [0, 1]) {
      const url = newUrl()
      const codes = [codeOf(await makeFirst(url)), codeOf(await makeSecond(url))]
      await end(codes[ended] ?? '')
      expect(codeOf(await reuse(url))).toBe(codes[1 - ended])
    }
  })
})

test('a link is found after it was blocked, while another one took its place, and unblocked, and that one deleted', async () => {
  const url = newUrl()
  const first = codeOf(await reuse(url))
  await blocks().block({ tenant: 'acme', code: first }, aBlock(), signal)
  // Long enough after it for the pointer to be cleared away.
  const second = codeOf(await reuse(url, { createdAt: LATER }))
  expect(await pointersOf(url)).toEqual([second])
  const unblock = { operationId: randomUUID(), unblockedAt: LATER, cause: CAUSE }
  await blocks().unblock({ tenant: 'acme', code: first }, unblock, signal)
  await links.store.remove({ tenant: 'acme', code: second }, aRemoval(), signal)
  expect(codeOf(await reuse(url))).toBe(first)
})

test('nothing of a link points to it once it is deleted, leads elsewhere or is not plain; then it is found there', async () => {
  const [url, elsewhere] = [newUrl(), newUrl()]
  const code = codeOf(await reuse(url))
  expect(await pointersOf(url)).toEqual([code])
  await links.change({ tenant: 'acme', code }, aChange({ url: elsewhere, tags: ['new'] }))
  expect([await pointersOf(url), await pointersOf(elsewhere)]).toEqual([[], [code]])
  await links.change({ tenant: 'acme', code }, aChange({ forwardQuery: true }))
  expect(await pointersOf(elsewhere)).toEqual([])
  await links.change({ tenant: 'acme', code }, aChange({ forwardQuery: false }))
  expect(await pointersOf(elsewhere)).toEqual([code])
  await links.store.remove({ tenant: 'acme', code }, aRemoval(), signal)
  expect(await pointersOf(elsewhere)).toEqual([])
})

test('another tenant’s link, one to another target, and one that is not offered, are not found', async () => {
  const url = newUrl()
  await offer(url, { tenant: 'other' })
  await offer(`${url}?`)
  await links.insert(newState({ url }))
  expect(await reuse(url)).toMatchObject({ outcome: 'created' })
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

test('a link that leads there by a change is found, and so is one that became plain', async () => {
  const url = newUrl()
  const code = codeOf(await links.insert(newState()))
  await links.change({ tenant: 'acme', code }, aChange({ url }))
  expect(await reuse(url)).toMatchObject({ outcome: 'reused', state: { link: { code } } })
  const other = newUrl()
  const special = codeOf(await links.insert(newState({ url: other, redirect: 301 })))
  expect(await links.change({ tenant: 'acme', code: special }, aChange({ redirect: 302 }))).toHaveProperty('link')
  expect(codeOf(await reuse(other))).toBe(special)
})

test('a link with an alias that leads there by a change is not', async () => {
  const url = newUrl()
  const alias = newState({ isAlias: true })
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
  await blocks().block({ tenant: 'acme', code: second }, aBlock(), signal)
  expect([first, second]).not.toContain(codeOf(await reuse(url)))
})

test('a creation that is repeated gives the link that it made, as made, also when another link is offered by now', async () => {
  const state = newState({ url: newUrl() })
  const first = await links.insert(state, { sharing: 'reuse' })
  await offer(state.link.url)
  expect(await links.insert(state, { sharing: 'reuse' })).toEqual(first)
  expect(first).toEqual({ outcome: 'created', state })
})

test('a taken code is refused, and the pointer stays unchanged', async () => {
  const taken = newState()
  await links.insert(taken)
  const url = newUrl()
  expect(await reuse(url, { code: taken.link.code })).toBe('taken')
  expect(await reuse(url)).toMatchObject({ outcome: 'created' })
})

describe('a creation that dies between the pointer and its link', () => {
  const died = async (url: string) => {
    const call = async (operation: 'PutItem', input: PutItemInput, options?: CallOptions) => {
      if (input.ConditionExpression) throw new Error('The function died.')
      return callOf(links.dynamodb)(operation as 'GetItem', input as never, options)
    }
    const dying = links.storeOver(clientOf(call as unknown as DynamoDBCall))
    const made = { state: newState({ url }), changed: [], cause: CAUSE, sharing: 'offer' as const }
    await expect(dying.insert(made, signal)).rejects.toThrow('died')
    return made
  }

  test('hides no link that stands', async () => {
    const url = newUrl()
    const first = codeOf(await reuse(url))
    await died(url)
    expect(codeOf(await reuse(url))).toBe(first)
    await links.store.remove({ tenant: 'acme', code: first }, aRemoval(), signal)
    expect(await reuse(url)).toMatchObject({ outcome: 'created' })
  })

  test('and goes on is found, by the pointer that was left for it', async () => {
    const url = newUrl()
    const made = await died(url)
    const other = codeOf(await reuse(url))
    await links.store.insert(made, signal)
    await links.store.remove({ tenant: 'acme', code: other }, aRemoval(), signal)
    expect(codeOf(await reuse(url))).toBe(made.state.link.code)
  })

  test('leaves a pointer that is deleted when no creation can be running any more', async () => {
    const url = newUrl()
    const { link } = (await died(url)).state
    await reuse(url)
    expect(await pointersOf(url)).toContain(link.code)
    const url2 = newUrl()
    await died(url2)
    const code = codeOf(await reuse(url2, { createdAt: LATER }))
    expect(await pointersOf(url2)).toEqual([code])
  })
})

test('a pointer that was written anew since it was read is not cleared away', async () => {
  const url = newUrl()
  const code = codeOf(await offer(url))
  await links.change({ tenant: 'acme', code }, aChange({ maxClicks: 3 }))
  const stale = { tenant: 'acme', code }
  const call = async (operation: 'Query' | 'DeleteItem', input: never, options?: CallOptions) => {
    if (operation === 'DeleteItem') await links.change(stale, aChange({ maxClicks: null }))
    return callOf(links.dynamodb)(operation as 'GetItem', input as never, options)
  }
  // A creation that is repeated after its link was changed leaves such a pointer.
  await offerAgain(url, code)
  const slow = links.storeOver(clientOf(call as unknown as DynamoDBCall))
  const made = { state: newState({ url, createdAt: LATER }), changed: [], cause: CAUSE, sharing: 'reuse' as const }
  await slow.insert(made, signal)
  expect(await pointersOf(url)).toContain(code)
})

test('a link that is claimed, and can not be seen yet, is waited for', async () => {
  const url = newUrl()
  const first = codeOf(await reuse(url))
  let hidden = 2
  const call = async (operation: 'Query' | 'GetItem', input: GetItemInput, options?: CallOptions) => {
    const answer = await callOf(links.dynamodb)(operation as 'GetItem', input, options)
    return operation === 'GetItem' && input.Key?.pk?.S === `L#${first}` && hidden-- > 0 ? {} : answer
  }
  const store = links.storeOver(clientOf(call as unknown as DynamoDBCall))
  const made = { state: newState({ url }), changed: [], cause: CAUSE, sharing: 'reuse' as const }
  expect(codeOf(await store.insert(made, signal))).toBe(first)
})

test('more pointers than a page has hide no link', async () => {
  const url = newUrl()
  for (let index = 0; index < 45; index++) await offerAgain(url, `none-${index}`, `2026-01-01T00:00:00.0${10 + index}Z`)
  const code = codeOf(await offer(url))
  expect(codeOf(await reuse(url))).toBe(code)
})

test('pointers are read as they are now: one that was written a moment ago counts', async () => {
  const asked: unknown[] = []
  const call = async (operation: 'Query', input: QueryInput, options?: CallOptions) => {
    if (operation === 'Query') asked.push(input.ConsistentRead)
    return callOf(links.dynamodb)(operation as 'GetItem', input as never, options)
  }
  const store = links.storeOver(clientOf(call as unknown as DynamoDBCall))
  await store.insert({ state: newState(), changed: [], cause: CAUSE, sharing: 'reuse' }, signal)
  expect(asked).toEqual([true])
})

test('a link costs one write besides its own, before it, and with reuse one transaction of three', async () => {
  const calls: unknown[] = []
  const call = async (operation: 'TransactWriteItems', input: TransactWriteItemsInput, options?: CallOptions) => {
    if (/Put|Transact/.test(operation)) calls.push(input.TransactItems?.length ?? operation)
    return callOf(links.dynamodb)(operation as 'GetItem', input as never, options)
  }
  const store = links.storeOver(clientOf(call as unknown as DynamoDBCall))
  for (const sharing of ['offer', 'reuse'] as const) {
    await store.insert({ state: newState({ url: newUrl() }), changed: [], cause: CAUSE, sharing }, signal)
  }
  expect(calls).toEqual(['PutItem', 'PutItem', 3])
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
