import { randomUUID } from 'node:crypto'
import type { BatchGetItemInput } from '@aws-sdk/client-dynamodb'
import type { CallOptions } from '../../../functions/shared/aws/create-send.ts'
import { type Link, type LinkState, NO_DETAILS } from '../../../functions/url-shortener/domain/link.ts'
import { callOf, clientOf, type DynamoDBCall } from '../../support/fake-dynamodb.ts'
import { aRemoval, fullState, linkTable, newState } from './link-table.ts'

const { signal } = new AbortController()
const options = { consistent: true, signal }
let links: Awaited<ReturnType<typeof linkTable>>

beforeAll(async () => {
  links = await linkTable()
})

test('a page has a tenant’s links, newest first, without deleted ones and those of other tenants', async () => {
  const tenant = `tenant-${randomUUID()}`
  const made: Link[] = []
  for (const second of [1, 2, 3, 3, 4]) {
    const state = newState({ tenant, createdAt: `2026-01-01T00:00:0${second}.000Z` })
    await links.insert(state)
    made.push(state.link)
  }
  await links.insert(newState({ tenant: `${tenant}x` }))
  const [deleted] = made.splice(1, 1)
  await links.store.remove({ tenant, code: deleted?.code ?? '' }, aRemoval(), signal)

  const first = await links.store.readPage({ tenant, after: undefined, limit: 2 }, signal)
  expect([first.links.length, first.more]).toEqual([2, true])
  const second = await links.store.readPage({ tenant, after: first.links[1], limit: 10 }, signal)
  expect(second.more).toBe(false)
  const newestFirst = [...made].sort((a, b) => (`${a.createdAt}#${a.code}` < `${b.createdAt}#${b.code}` ? 1 : -1))
  expect([...first.links, ...second.links]).toEqual(newestFirst)
})

/** Every third link has both second items, every third one neither. */
async function someStates(count: number): Promise<LinkState[]> {
  const states = Array.from({ length: count }, (_, n) =>
    fullState(n % 3 === 0 ? {} : { expiredUrl: `https://e.example/${n}`, ...(n % 3 === 1 && { maxClicks: n }) }),
  )
  for (const state of states) await links.insert(state)
  return states
}

/** Wraps the table, and records its requests. */
function recorded(change: (keys: object[]) => number = (keys) => keys.length) {
  const asked: number[] = []
  const dynamodb = (async (operation: 'BatchGetItem', input: BatchGetItemInput, callOptions?: CallOptions) => {
    const Keys = input.RequestItems?.[links.table]?.Keys ?? []
    asked.push(Keys.length)
    const done = change(Keys)
    const RequestItems = { [links.table]: { ...input.RequestItems?.[links.table], Keys: Keys.slice(0, done) } }
    const left = Keys.slice(done)
    return {
      ...(done > 0 && (await callOf(links.dynamodb)(operation, { RequestItems }, callOptions))),
      ...(left.length > 0 && { UnprocessedKeys: { [links.table]: { Keys: left } } }),
    }
  }) as unknown as DynamoDBCall
  return { store: links.storeOver(clientOf(dynamodb)), asked }
}

test('what belongs to 160 links, 266 items, is read in requests of 100: clicks, and details of links that have any', async () => {
  const states = await someStates(160)
  const { store, asked } = recorded()
  expect(
    await store.readStates(
      states.map(({ link }) => link),
      options,
    ),
  ).toEqual(states)
  expect(asked).toEqual([100, 100, 66])
})

test('of links without second items only the clicks are read, and of none nothing', async () => {
  const { store, asked } = recorded()
  const [one, another] = [newState().link, newState().link]
  expect(await store.readStates([one, another], options)).toEqual([
    { link: one, details: NO_DETAILS, clicks: 0 },
    { link: another, details: NO_DETAILS, clicks: 0 },
  ])
  expect([await store.readStates([], options), asked]).toEqual([[], [2]])
})

test('keys that DynamoDB leaves unprocessed are retried', async () => {
  const states = await someStates(9)
  const { store, asked } = recorded((keys) => Math.ceil(keys.length / 2))
  expect(
    await store.readStates(
      states.map(({ link }) => link),
      options,
    ),
  ).toEqual(states)
  expect(asked).toEqual([15, 7, 3, 1])
})

test('keys that stay unprocessed are a retryable error, and never links without their rules', async () => {
  const states = await someStates(2)
  const { store, asked } = recorded(() => 0)
  await expect(
    store.readStates(
      states.map(({ link }) => link),
      options,
    ),
  ).rejects.toMatchObject({ retryable: true })
  expect(asked).toHaveLength(5)
})

test('a ping of a table leaves no trace', async () => {
  await expect(links.store.ping(signal)).resolves.toBeUndefined()
})
