import { randomUUID } from 'node:crypto'
import { readMark } from '../../functions/shared/events/mark.ts'
import type { Link } from '../../functions/url-shortener/link.ts'
import { createLinkStore, type LinkStore } from '../../functions/url-shortener/link-store.ts'
import { patientDynamoDB, setFunctionEnvironment, tableName } from '../support/cloud.ts'
import { aLink, CAUSE } from './a-link.ts'

setFunctionEnvironment()
const dynamodb = patientDynamoDB()
const { signal } = new AbortController()
const consistent = { consistent: true, signal }
let table: string
let store: LinkStore

beforeAll(async () => {
  table = await tableName('UrlShortener')
  store = createLinkStore(dynamodb, table)
})

const newLink = (overrides: Partial<Link> = {}) =>
  aLink({ code: `store-${randomUUID()}`, version: randomUUID(), ...overrides })

const stored = async (overrides: Partial<Link> = {}) => {
  const link = newLink(overrides)
  await store.insert(link, CAUSE, signal)
  return link
}

describe('insert and read', () => {
  test('a link is read back as it was stored, eventually and consistently', async () => {
    const link = newLink({ title: 'A title', tags: ['one', 'two'] })
    expect(await store.insert(link, CAUSE, signal)).toEqual(link)
    expect(await store.read(link.code, consistent)).toEqual(link)
    expect(await store.read(link.code, { consistent: false, signal })).toEqual(link)
  })

  test('a code that was never given out has no link', async () => {
    expect(await store.read(`store-${randomUUID()}`, consistent)).toBeUndefined()
  })

  test('a code is given out once: the second link is refused and the first stays', async () => {
    const first = await stored()
    expect(await store.insert(newLink({ code: first.code, tenant: 'other' }), CAUSE, signal)).toBe('taken')
    expect(await store.read(first.code, consistent)).toEqual(first)
  })

  test('a link whose first answer was lost is found when it is sent again, as it was stored', async () => {
    const link = await stored()
    expect(await store.insert({ ...link, createdAt: '2026-12-31T00:00:00.000Z' }, CAUSE, signal)).toEqual(link)
  })

  test('a link that was changed before its creation is repeated is still the one', async () => {
    const link = await stored()
    const fields = { url: 'https://example.com/changed' }
    const change = { fields, updatedAt: '2026-12-31T00:00:00.000Z', version: randomUUID(), cause: CAUSE }
    const changed = await store.change({ tenant: link.tenant, code: link.code }, change, signal)
    expect(await store.insert(link, CAUSE, signal)).toEqual(changed)
  })

  test('a link that was deleted before its creation is repeated was made, and stays deleted', async () => {
    const link = await stored()
    const removal = { deletedAt: '2026-12-31T00:00:00.000Z', version: randomUUID(), cause: CAUSE }
    await store.remove({ tenant: link.tenant, code: link.code }, removal, signal)
    expect(await store.insert(link, CAUSE, signal)).toEqual(link)
    expect(await store.read(link.code, consistent)).toEqual({ code: link.code, deletedAt: removal.deletedAt })
  })

  test('of 50 parallel links with one code exactly one is inserted', async () => {
    const code = `store-${randomUUID()}`
    const links = Array.from({ length: 50 }, () => newLink({ code }))
    const results = await Promise.all(links.map((link) => store.insert(link, CAUSE, signal)))
    const winners = results.filter((result) => result !== 'taken')
    expect(winners).toHaveLength(1)
    expect(await store.read(code, consistent)).toEqual(winners[0])
  })

  test('the longest link in Latin letters is one item below 4 KB, the unit of a read, after a change too', async () => {
    const link = await stored({
      code: randomUUID().padEnd(64, 'x'),
      tenant: 't'.repeat(128),
      createdBy: 'u'.repeat(36),
      title: 'x'.repeat(200),
      tags: Array(10).fill('x'.repeat(50)),
    })
    const change = { fields: { url: `https://example.com/${'x'.repeat(2028)}` }, updatedAt: link.updatedAt }
    await store.change(link, { ...change, version: 'version-0002', cause: CAUSE }, signal)
    const { ConsumedCapacity } = await dynamodb('GetItem', {
      TableName: table,
      Key: { pk: { S: `L#${link.code}` }, sk: { S: 'link' } },
      ReturnConsumedCapacity: 'TOTAL',
    })
    expect(ConsumedCapacity?.CapacityUnits).toBe(0.5)
  })

  test('a missing table is a fault of ours: no 503 that asks to try again', async () => {
    const broken = createLinkStore(dynamodb, 'no-such-table')
    await expect(broken.read('abc', consistent)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      status: 400,
    })
  })
})

describe('change', () => {
  const change = (version: string = randomUUID()) => ({
    fields: { title: 'new', tags: ['x'] },
    updatedAt: '2026-05-06T07:08:09.000Z',
    version,
    cause: CAUSE,
  })

  test('changes the given fields, and nothing else', async () => {
    const link = await stored({ title: 'old' })
    const made = change()
    const changed = await store.change({ tenant: 'acme', code: link.code }, made, signal)
    expect(changed).toEqual({ ...link, ...made.fields, updatedAt: made.updatedAt, version: made.version })
    expect(await store.read(link.code, consistent)).toEqual(changed)
  })

  test('a title is cleared', async () => {
    const link = await stored({ title: 'old' })
    const cleared = { ...change(), fields: { title: null } }
    expect(await store.change({ tenant: 'acme', code: link.code }, cleared, signal)).toMatchObject({ title: null })
  })

  test('of parallel changes of one version exactly one wins, the others are stale', async () => {
    const link = await stored()
    const selector = { tenant: 'acme', code: link.code, ifMatch: link.version }
    const results = await Promise.all(Array.from({ length: 20 }, () => store.change(selector, change(), signal)))
    expect(results.filter((result) => result === 'stale')).toHaveLength(19)
  })

  test('a change whose first answer was lost is found when it is sent again', async () => {
    const link = await stored()
    const selector = { tenant: 'acme', code: link.code, ifMatch: link.version }
    const made = change()
    const first = await store.change(selector, made, signal)
    expect(await store.change(selector, made, signal)).toEqual(first)
  })

  test.each([
    ['another tenant’s', { tenant: 'other' }],
    ['a missing', { code: 'never-given-out' }],
  ])('%s link is not found, and nothing is written', async (_, selected) => {
    const link = await stored()
    const selector = { tenant: 'acme', code: link.code, ...selected }
    expect(await store.change(selector, change(), signal)).toBe('not-found')
    expect(await store.read(link.code, consistent)).toEqual(link)
    expect(await store.read('never-given-out', consistent)).toBeUndefined()
  })
})

describe('remove', () => {
  const removal = () => ({ deletedAt: '2026-05-06T07:08:09.000Z', version: randomUUID(), cause: CAUSE })

  test('leaves the code and the time, and nothing of what the link was', async () => {
    const link = await stored({ title: 'secret' })
    const selector = { tenant: 'acme', code: link.code }
    expect(await store.remove(selector, removal(), signal)).toBe('removed')
    expect(await store.read(link.code, consistent)).toEqual({ code: link.code, deletedAt: '2026-05-06T07:08:09.000Z' })
    const { Item = {} } = await dynamodb('GetItem', {
      TableName: table,
      Key: { pk: { S: `L#${link.code}` }, sk: { S: 'link' } },
    })
    expect(Object.keys(Item).sort()).toEqual(
      [
        ...['code', 'createdAt', 'deletedAt', 'firstVersion', 'pk', 'sk', 'tenant', 'updatedAt', 'version'],
        ...['event', 'sequence'],
      ].sort(),
    )
  })

  test('its code is never given out again', async () => {
    const link = await stored()
    await store.remove({ tenant: 'acme', code: link.code }, removal(), signal)
    expect(await store.insert(newLink({ code: link.code }), CAUSE, signal)).toBe('taken')
  })

  test('a stale version, another tenant and a second removal remove nothing', async () => {
    const link = await stored()
    const selector = { tenant: 'acme', code: link.code }
    expect(await store.remove({ ...selector, ifMatch: 'another' }, removal(), signal)).toBe('stale')
    expect(await store.remove({ ...selector, tenant: 'other' }, removal(), signal)).toBe('not-found')
    expect(await store.read(link.code, consistent)).toEqual(link)
    await store.remove(selector, removal(), signal)
    expect(await store.remove(selector, removal(), signal)).toBe('not-found')
  })

  test('a removal whose first answer was lost counts when it is sent again', async () => {
    const link = await stored()
    const once = removal()
    const selector = { tenant: 'acme', code: link.code, ifMatch: link.version }
    await store.remove(selector, once, signal)
    expect(await store.remove(selector, once, signal)).toBe('removed')
  })
})

describe('readPage', () => {
  test('gives a tenant’s links, newest first, page by page, without deleted ones and those of others', async () => {
    const tenant = `tenant-${randomUUID()}`
    const links: Link[] = []
    for (const second of [1, 2, 3, 3, 4]) {
      links.push(await stored({ tenant, createdAt: `2026-01-01T00:00:0${second}.000Z` }))
    }
    await stored({ tenant: `${tenant}x` })
    const [deleted] = links.splice(1, 1)
    await store.remove({ tenant, code: deleted?.code ?? '' }, { deletedAt: 'now', version: 'v', cause: CAUSE }, signal)

    const first = await store.readPage({ tenant, after: undefined, limit: 2 }, signal)
    expect([first.links.length, first.more]).toEqual([2, true])
    const second = await store.readPage({ tenant, after: first.links[1], limit: 10 }, signal)
    expect(second.more).toBe(false)
    const newestFirst = [...links].sort((a, b) => (`${a.createdAt}#${a.code}` < `${b.createdAt}#${b.code}` ? 1 : -1))
    expect([...first.links, ...second.links]).toEqual(newestFirst)
  })
})

test('a table that answers is pinged without a trace', async () => {
  await expect(store.ping(signal)).resolves.toBeUndefined()
})

describe('events', () => {
  const updatedAt = '2026-05-06T07:08:09.000Z'
  const marked = async ({ code }: Link) => {
    const key = { pk: { S: `L#${code}` }, sk: { S: 'link' } }
    const { Item = {} } = await dynamodb('GetItem', { TableName: table, Key: key, ConsistentRead: true })
    const { mark, sequence } = readMark(Item) ?? {}
    return { mark, sequence, changed: Item.changed?.L?.map(({ S }) => S) }
  }

  test('every write marks its event, with the version that it leaves, and counts it', async () => {
    const link = await stored()
    const created = { id: link.version, type: 'url-shortener.link.created', time: link.createdAt, ...CAUSE }
    expect(await marked(link)).toEqual({ mark: created, sequence: 1, changed: ['url', 'title', 'tags'] })

    const change = { fields: { title: 'new' }, updatedAt, version: randomUUID(), cause: CAUSE }
    await store.change(link, change, signal)
    const updated = { id: change.version, type: 'url-shortener.link.updated', time: updatedAt, ...CAUSE }
    expect(await marked(link)).toEqual({ mark: updated, sequence: 2, changed: ['title'] })

    const removal = { deletedAt: updatedAt, version: randomUUID(), cause: CAUSE }
    await store.remove(link, removal, signal)
    const deleted = { id: removal.version, type: 'url-shortener.link.deleted', time: updatedAt, ...CAUSE }
    expect(await marked(link)).toEqual({ mark: deleted, sequence: 3, changed: undefined })
  })

  test('a write whose answer was lost makes no second event when it is sent again', async () => {
    const link = await stored()
    const selector = { tenant: link.tenant, code: link.code }
    await store.insert(link, CAUSE, signal)
    expect(await marked(link)).toMatchObject({ sequence: 1 })
    const change = { fields: { title: 'new' }, updatedAt, version: randomUUID(), cause: CAUSE }
    for (const _ of [1, 2]) await store.change(selector, change, signal)
    expect(await marked(link)).toMatchObject({ sequence: 2 })
    const removal = { deletedAt: updatedAt, version: randomUUID(), cause: CAUSE }
    for (const _ of [1, 2]) await store.remove(selector, removal, signal)
    expect(await marked(link)).toMatchObject({ sequence: 3 })
  })

  test('what is refused makes none', async () => {
    const link = await stored()
    const change = { fields: { title: 'new' }, updatedAt, version: randomUUID(), cause: CAUSE }
    await store.change({ ...link, ifMatch: 'another' }, change, signal)
    await store.change({ ...link, tenant: 'other' }, change, signal)
    expect(await marked(link)).toMatchObject({ mark: { id: link.version }, sequence: 1 })
  })
})
