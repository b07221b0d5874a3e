import { randomUUID } from 'node:crypto'
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { readEntry } from '../../../functions/shared/events/outbox-entry.ts'
import type { FieldChanges } from '../../../functions/url-shortener/domain/fields.ts'
import { type LinkState, linkStatus } from '../../../functions/url-shortener/domain/link.ts'
import { createBlockStore } from '../../../functions/url-shortener/store/blocks.ts'
import { linkEventContent } from '../../../functions/url-shortener/store/event-content.ts'
import { createRecordEnd } from '../../../functions/url-shortener/store/record-end.ts'
import { CAUSE } from '../a-link.ts'
import { AT, aChange, aRemoval, beforeFirst, fullState, linkTable, newState } from './link-table.ts'

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
const BLOCK = { operationId: randomUUID(), reason: 'Spam.', blockedAt: AT, blockedBy: null, cause: CAUSE }
const blocks = () =>
  createBlockStore({
    client: links.dynamodb,
    tableName: links.table,
    random: Math.random,
    newToken: randomUUID,
  })
const endKeyOf = async (code: string) => (await links.itemOf(code))?.endSk?.S
const entryOf = async (code: string) => readEntry((await links.itemOf(code)) ?? {})

/** Each field by itself: what is there before, and what it becomes. */
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
)('%s is changed, and nothing else; the answer is what is read afterwards', async (_, before, changes) => {
  const state = await stored(before)
  const change = aChange(changes)
  const changed = await links.change(state.link, change)
  expect(changed).toEqual(change.revise(state))
  expect(await links.stateOf(state.link.code)).toEqual(changed)
  const item = await links.itemOf(state.link.code)
  expect(item?.changed?.L?.map(({ S }) => S)).toEqual(Object.keys(changes))
  expect(await entryOf(state.link.code)).toEqual({
    entry: { operationId: change.operationId, type: 'url-shortener.link.updated', time: AT, ...CAUSE },
    sequence: 2,
  })
})

test.each(EACH_FIELD)('of a link without %s left, no item is left over', async (_, before, changes) => {
  const { link } = await stored(before)
  const changed = (await links.change(link, aChange(changes))) as LinkState
  const { hasRules, hasExpiredUrl, passwordId, hasCounter } = changed.link
  const items = [await links.itemOf(link.code, 'details'), await links.itemOf(link.code, 'cap')]
  expect(items.map((item) => item !== undefined)).toEqual([
    hasRules || hasExpiredUrl || passwordId !== null,
    hasCounter,
  ])
})

test('a change whose first answer was lost is found when it is sent again, and has one event', async () => {
  for (const changes of [{ title: 'new' }, { maxClicks: 3, passwordHash: 'hash' }]) {
    const { link } = await stored({ maxClicks: 2 })
    const selector = { ...link, ifMatch: [link.version] }
    const change = aChange(changes)
    const first = await links.change(selector, change)
    expect(await links.change(selector, change)).toEqual(first)
    expect(await entryOf(link.code)).toMatchObject({ sequence: 2 })
  }
})

test('any of the asked versions will do, and another one is stale', async () => {
  const { link } = await stored()
  const selector = { ...link, ifMatch: ['another', link.version] }
  expect(await links.change(selector, aChange({ title: 'New' }, 'version-2'))).toHaveProperty('link')
  expect(await links.change(selector, aChange({ title: 'Newer' }))).toBe('stale')
  expect((await links.stateOf(link.code))?.link.version).toBe('version-2')
})

test('a version that must not be there, or any, refuses a change and a removal', async () => {
  const { link } = await stored()
  for (const ifNoneMatch of ['*', ['another', link.version]] as const) {
    const selector = { ...link, ifNoneMatch }
    expect(await links.change(selector, aChange({ title: 'New' }))).toBe('stale')
    expect(await links.store.remove(selector, aRemoval(), signal)).toBe('stale')
  }
  expect(await links.change({ ...link, ifNoneMatch: ['another'] }, aChange({ title: 'New' }))).toHaveProperty('link')
  expect(await entryOf(link.code)).toMatchObject({ sequence: 2 })
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

  test('is computed again if another one comes between the reads of the link and its details', async () => {
    const [theirs, ours] = [aRules('https://theirs.example/'), aRules('https://ours.example/')]
    const { link } = await stored(theirs)
    const other = () => links.change(link, aChange(ours)).then((state) => expect(state).toHaveProperty('link'))
    const store = links.storeOver(beforeFirst('BatchGetItem', links.dynamodb, other))
    // Read before, the link is of the old version; its rules, read after, are already those that are asked for.
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
  expect(await entryOf(state.link.code)).toMatchObject({ sequence: 1 })
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
    expect(await entryOf(link.code)).toMatchObject({ sequence: 1 })
    expect(await links.store.remove(link, aRemoval(), signal)).toBe('removed')
  }
})

/** The status in the event of a link's latest change, and in the API. */
const statuses = async (code: string) => {
  const item = (await links.itemOf(code)) ?? {}
  const told = linkEventContent(item, 'url-shortener.link.updated').data as { status: string }
  const state = await links.stateOf(code)
  return [told.status, state && linkStatus(state.link, Date.parse(AT), state.clicks)]
}

describe('the event of a change has the status of the API', () => {
  test.each<[string, FieldChanges]>([
    ['exhausted', { maxClicks: 2 }],
    ['active', { maxClicks: 3 }],
    ['expired', { maxClicks: 2, expiresAt: PAST }],
    ['scheduled', { startsAt: FUTURE }],
  ])('%s', async (status, changes) => {
    const { link } = await stored({ maxClicks: 9 })
    for (const _ of [1, 2]) await links.spend(link.code)
    await links.change(link, aChange(changes))
    expect(await statuses(link.code)).toEqual([status, status])
  })

  test('blocked, and when the block of a link without visits left is taken away, exhausted', async () => {
    const { link } = await stored({ maxClicks: 1 })
    await links.spend(link.code)
    await blocks().block(link, BLOCK, signal)
    await links.change(link, aChange({ title: 'New' }))
    expect(await statuses(link.code)).toEqual(['blocked', 'blocked'])
    await blocks().unblock(link, { operationId: randomUUID(), unblockedAt: AT, cause: CAUSE }, signal)
    expect(await statuses(link.code)).toEqual(['exhausted', 'exhausted'])
  })
})

describe('the end of a link', () => {
  const tell = (link: { code: string; version: string }, end: 'expired' | 'exhausted') =>
    createRecordEnd({ client: links.dynamodb, tableName: links.table, newOperationId: randomUUID, now: Date.now })(
      { ...link, end, cause: CAUSE },
      signal,
    )

  test('is in the index until it is recorded: a new end is there, a removed one is not', async () => {
    const { link } = await stored({ expiresAt: PAST })
    expect(await endKeyOf(link.code)).toBe(`${PAST}#${link.code}`)
    await tell(link, 'expired')
    expect(await endKeyOf(link.code)).toBeUndefined()
    await links.change(link, aChange({ title: 'New' }))
    expect([await endKeyOf(link.code), (await links.stateOf(link.code))?.link.ended]).toEqual([undefined, 'expired'])
    await links.change(link, aChange({ expiresAt: FUTURE }))
    expect([await endKeyOf(link.code), (await links.stateOf(link.code))?.link.ended]).toEqual([
      `${FUTURE}#${link.code}`,
      null,
    ])
    await links.change(link, aChange({ expiresAt: null }))
    expect(await endKeyOf(link.code)).toBeUndefined()
  })

  test('by its cap is recorded again after the cap was raised and exhausted again', async () => {
    const { link } = await stored({ maxClicks: 1, expiresAt: FUTURE })
    await links.spend(link.code)
    expect(await tell(link, 'exhausted')).toBe('recorded')
    const raised = (await links.change(link, aChange({ maxClicks: 2 }))) as LinkState
    expect([raised.link.ended, linkStatus(raised.link, Date.now(), raised.clicks)]).toEqual([null, 'active'])
    expect(await endKeyOf(link.code)).toBe(`${FUTURE}#${link.code}`)
    await links.spend(link.code)
    expect(await tell(raised.link, 'exhausted')).toBe('recorded')
  })
})

describe('a counter', () => {
  test('keeps its clicks when the cap is set, lowered, raised, taken away and set again', async () => {
    const { link } = await stored()
    const change = async (maxClicks: number | null) => (await links.change(link, aChange({ maxClicks }))) as LinkState
    await change(5)
    for (const clicks of [1, 2, 3]) expect(await links.spend(link.code)).toBe(clicks)
    for (const maxClicks of [2, 9, null, 3]) expect(await change(maxClicks)).toMatchObject({ clicks: 3 })
    expect(await links.spend(link.code)).toBe('refused')
    await change(4)
    expect(await links.spend(link.code)).toBe(4)
    expect(await links.spend(link.code)).toBe('refused')
    expect((await links.stateOf(link.code))?.clicks).toBe(4)
  })

  test('is in the index of ends while it has a cap', async () => {
    const { link } = await stored({ maxClicks: 5 })
    const capKey = async () => (await links.itemOf(link.code, 'cap'))?.endSk?.S
    expect(await capKey()).toBe(link.code)
    await links.change(link, aChange({ maxClicks: null }))
    expect(await capKey()).toBeUndefined()
    await links.change(link, aChange({ maxClicks: 1 }))
    expect(await capKey()).toBe(link.code)
  })
})

describe('removal', () => {
  test('leaves the code and the times, but no content of the link nor of its second items', async () => {
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
    expect(await entryOf(link.code)).toEqual({
      entry: { operationId: removal.operationId, type: 'url-shortener.link.deleted', time: AT, ...CAUSE },
      sequence: 2,
    })
    expect(await links.insert(newState({ code: link.code }))).toBe('taken')
  })

  test('takes a counter along whose cap was taken away before', async () => {
    const { link } = await stored({ maxClicks: 5 })
    await links.change(link, aChange({ maxClicks: null }))
    await links.store.remove(link, aRemoval(), signal)
    expect(await links.itemOf(link.code, 'cap')).toBeUndefined()
  })

  test('of a stale version, by another tenant, or once more, removes nothing', async () => {
    const state = await stored({ maxClicks: 5 })
    const { link } = state
    expect(await links.store.remove({ ...link, ifMatch: ['another'] }, aRemoval(), signal)).toBe('stale')
    expect(await links.store.remove({ ...link, tenant: 'other' }, aRemoval(), signal)).toBe('not-found')
    expect(await links.stateOf(link.code)).toEqual(state)
    expect(await links.store.remove({ ...link, ifMatch: ['another', link.version] }, aRemoval(), signal)).toBe(
      'removed',
    )
    expect(await links.store.remove(link, aRemoval(), signal)).toBe('not-found')
    expect(await entryOf(link.code)).toMatchObject({ sequence: 2 })
  })

  test('counts when it is sent again after its first answer was lost', async () => {
    for (const changes of [{}, { maxClicks: 5 }]) {
      const { link } = await stored(changes)
      const removal = aRemoval()
      const selector = { ...link, ifMatch: [link.version] }
      for (const _ of [1, 2]) expect(await links.store.remove(selector, removal, signal)).toBe('removed')
      expect(await entryOf(link.code)).toMatchObject({ sequence: 2 })
    }
  })
})

test('a link stays blocked through changes, and a block holds through them', async () => {
  const { link } = await stored({ maxClicks: 2 })
  await Promise.all([blocks().block(link, BLOCK, signal), links.change(link, aChange({ title: 'New', maxClicks: 3 }))])
  await links.change(link, aChange({ tags: ['new'] }))
  expect((await links.stateOf(link.code))?.link).toMatchObject({
    blockedAt: AT,
    title: 'New',
    maxClicks: 3,
    tags: ['new'],
  })
  await blocks().unblock(link, { operationId: randomUUID(), unblockedAt: AT, cause: CAUSE }, signal)
  expect((await links.stateOf(link.code))?.link).toMatchObject({ blockedAt: null, title: 'New', maxClicks: 3 })
  expect(await entryOf(link.code)).toMatchObject({ sequence: 5 })
})
