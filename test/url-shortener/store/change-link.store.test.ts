import { UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import type { FieldChanges } from '../../../functions/url-shortener/domain/fields.ts'
import type { LinkState } from '../../../functions/url-shortener/domain/link.ts'
import { CAUSE } from '../a-link.ts'
import { AT, aBlock, aChange, anUnblocking, aRemoval, beforeFirst, fullState, linkTable } from './link-table.ts'

const { signal } = new AbortController()
const PAST = '2026-01-01T00:00:00.000Z'
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

/** Each field by itself: its value before, and the change. */
const EACH_FIELD: [string, FieldChanges, FieldChanges][] = [
  ['the target', {}, { url: 'https://example.org/' }],
  ['a title', { title: 'old' }, { title: 'new' }],
  ['no title', { title: 'old' }, { title: null }],
  ['tags', { tags: ['old'] }, { tags: [] }],
  ['the redirect', { redirect: 301 }, { redirect: 302 }],
  ['the caching', {}, { cacheSeconds: 60 }],
  ['the query', { forwardQuery: true }, { forwardQuery: false }],
  ['a start', {}, { startsAt: PAST }],
  ['an end', { expiresAt: PAST }, { expiresAt: FUTURE }],
  ['no end', { startsAt: PAST, expiresAt: FUTURE }, { expiresAt: null }],
  ['a target for the end', {}, { expiredUrl: 'https://e.example/' }],
  ['no target for the end', { expiredUrl: 'https://e.example/' }, { expiredUrl: null }],
  ['rules', { expiredUrl: 'https://e.example/' }, { rules: [{ if: { country: 'DE' }, url: 'https://r.example/' }] }],
  ['no rules', { rules: [{ if: { country: 'DE' }, url: 'https://r.example/' }], passwordHash: 'hash' }, { rules: [] }],
  ['a password', {}, { passwordHash: 'hash' }],
  ['no password', { passwordHash: 'hash', maxClicks: 2 }, { passwordHash: null }],
  ['a cap', {}, { maxClicks: 2 }],
  ['another cap', { maxClicks: 2 }, { maxClicks: 3 }],
  ['no cap', { maxClicks: 2, expiredUrl: 'https://e.example/' }, { maxClicks: null }],
]

test.each(
  EACH_FIELD,
)('%s is changed, and nothing else; the result is what is read afterwards', async (_, before, changes) => {
  const state = await stored(before)
  const change = aChange(changes)
  const changed = await links.change(state.link, change)
  expect(changed).toEqual(change.revise(state))
  expect(await links.stateOf(state.link.code)).toEqual(changed)
  const item = await links.itemOf(state.link.code)
  expect(item?.changed?.L?.map(({ S }) => S)).toEqual(Object.keys(changes))
  expect(await links.entryOf(state.link.code)).toEqual({
    entry: { operationId: change.operationId, type: 'url-shortener.link.updated', time: AT, ...CAUSE },
    sequence: 2,
  })
})

test.each(EACH_FIELD)('a change to %s leaves no item without content', async (_, before, changes) => {
  const { link } = await stored(before)
  const changed = (await links.change(link, aChange(changes))) as LinkState
  const { hasRules, hasExpiredUrl, passwordId, hasCounter } = changed.link
  const items = [await links.itemOf(link.code, 'details'), await links.itemOf(link.code, 'cap')]
  expect(items.map((item) => item !== undefined)).toEqual([
    hasRules || hasExpiredUrl || passwordId !== null,
    hasCounter,
  ])
})

test('a change whose response was lost is recognised when it is repeated, and has one event', async () => {
  for (const changes of [{ title: 'new' }, { maxClicks: 3, passwordHash: 'hash' }]) {
    const { link } = await stored({ maxClicks: 2 })
    const selector = { ...link, ifMatch: [link.version] }
    const change = aChange(changes)
    const first = await links.change(selector, change)
    expect(await links.change(selector, change)).toEqual(first)
    expect(await links.entryOf(link.code)).toMatchObject({ sequence: 2 })
  }
})

test('any of the requested versions is accepted, and another one is stale', async () => {
  const { link } = await stored()
  const selector = { ...link, ifMatch: ['another', link.version] }
  expect(await links.change(selector, aChange({ title: 'New' }, 'version-2'))).toHaveProperty('link')
  expect(await links.change(selector, aChange({ title: 'Newer' }))).toBe('stale')
  expect((await links.stateOf(link.code))?.link.version).toBe('version-2')
})

test('an excluded version, or any existing one for *, refuses a change and a removal', async () => {
  const { link } = await stored()
  for (const ifNoneMatch of ['*', ['another', link.version]] as const) {
    const selector = { ...link, ifNoneMatch }
    expect(await links.change(selector, aChange({ title: 'New' }))).toBe('stale')
    expect(await links.store.remove(selector, aRemoval(), signal)).toBe('stale')
  }
  expect(await links.change({ ...link, ifNoneMatch: ['another'] }, aChange({ title: 'New' }))).toHaveProperty('link')
  expect(await links.entryOf(link.code)).toMatchObject({ sequence: 2 })
})

describe('a change that changes nothing', () => {
  test.each(
    EACH_FIELD,
  )('of %s leaves the link unchanged, with its version, and writes no event', async (_, before, changes) => {
    const { link } = await stored({ ...before, ...changes })
    const [state, item] = [await links.stateOf(link.code), await links.itemOf(link.code)]
    for (const asked of [changes, {}]) {
      expect(await links.change({ ...link, ifMatch: [link.version] }, aChange(asked))).toEqual(state)
    }
    expect(await links.itemOf(link.code)).toEqual(item)
  })

  test('of a stale version is stale', async () => {
    const { link } = await stored()
    expect(await links.change({ ...link, ifMatch: ['another'] }, aChange({}))).toBe('stale')
    expect(await links.change({ ...link, ifNoneMatch: '*' }, aChange({}))).toBe('stale')
  })

  test('is computed again if another change happens between the reads of the link and its details', async () => {
    const [theirs, ours] = [aRules('https://theirs.example/'), aRules('https://ours.example/')]
    const { link } = await stored(theirs)
    const other = () => links.change(link, aChange(ours)).then((state) => expect(state).toHaveProperty('link'))
    const store = links.storeOver(beforeFirst('BatchGetItem', links.dynamodb, other))
    // The link was read before the other change, and its rules after it: they are already the requested ones.
    expect(await store.change({ ...link, ifMatch: [link.version] }, aChange(ours), signal)).toBe('stale')
    const removal = () => links.store.remove(link, aRemoval(), signal).then((done) => expect(done).toBe('removed'))
    const late = links.storeOver(beforeFirst('BatchGetItem', links.dynamodb, removal))
    expect(await late.change(link, aChange({}), signal)).toBe('not-found')
  })
})

const aRules = (url: string): FieldChanges => ({ rules: [{ if: { country: 'DE' }, url }] })

test('a refused change writes nothing', async () => {
  const state = await stored({ startsAt: PAST, maxClicks: 2 })
  const change = aChange({ title: 'New', maxClicks: 3 })
  expect(await links.change({ ...state.link, ifMatch: ['another'] }, change)).toBe('stale')
  expect(await links.change({ ...state.link, tenant: 'other' }, change)).toBe('not-found')
  expect(await links.change({ ...state.link, code: 'never-given-out' }, change)).toBe('not-found')
  expect(await links.change(state.link, aChange({ expiresAt: PAST }))).toBe('ends-too-early')
  expect(await links.stateOf(state.link.code)).toEqual(state)
  expect(await links.itemOf('never-given-out')).toBeUndefined()
  expect(await links.entryOf(state.link.code)).toMatchObject({ sequence: 1 })
})

test('a link from before there were events is changed and removed, too', async () => {
  for (const changes of [{ title: 'New' }, { maxClicks: 2 }]) {
    const { link } = await stored()
    await links.dynamodb.send(
      new UpdateItemCommand({
        TableName: links.table,
        Key: { pk: { S: `L#${link.code}` }, sk: { S: 'link' } },
        UpdateExpression: 'REMOVE #sequence, #event',
        ExpressionAttributeNames: { '#sequence': 'sequence', '#event': 'event' },
      }),
    )
    expect(await links.change(link, aChange(changes))).toMatchObject({ link: changes })
    expect(await links.entryOf(link.code)).toMatchObject({ sequence: 1 })
    expect(await links.store.remove(link, aRemoval(), signal)).toBe('removed')
  }
})

test('a blocked link stays blocked when it is changed, even concurrently', async () => {
  const { link } = await stored({ maxClicks: 2 })
  await Promise.all([
    links.blocks.block(link, aBlock(), signal),
    links.change(link, aChange({ title: 'New', maxClicks: 3 })),
  ])
  await links.change(link, aChange({ tags: ['new'] }))
  expect((await links.stateOf(link.code))?.link).toMatchObject({
    blockedAt: AT,
    title: 'New',
    maxClicks: 3,
    tags: ['new'],
  })
  await links.blocks.unblock(link, anUnblocking(), signal)
  expect((await links.stateOf(link.code))?.link).toMatchObject({ blockedAt: null, title: 'New', maxClicks: 3 })
  expect(await links.entryOf(link.code)).toMatchObject({ sequence: 5 })
})
