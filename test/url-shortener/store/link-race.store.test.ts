import { AppError } from '../../../functions/shared/errors.ts'
import type { FieldChanges } from '../../../functions/url-shortener/domain/fields.ts'
import type { LinkState } from '../../../functions/url-shortener/domain/link.ts'
import { aChange, aRemoval, fullState, linkTable } from './link-table.ts'

const { signal } = new AbortController()
const ROUNDS = 5
let links: Awaited<ReturnType<typeof linkTable>>

beforeAll(async () => {
  links = await linkTable()
})

const stored = async (changes: FieldChanges = {}) => {
  const { link } = fullState(changes)
  await links.insert(fullState(changes, link))
  return link
}
/** Returns the outcome of a write under contention, or that it has to be retried later. */
const settled = async <Result>(write: Promise<Result>): Promise<Result | 'later'> => {
  try {
    return await write
  } catch (error) {
    if (error instanceof AppError && error.retryable) return 'later'
    throw error
  }
}

test.each<[string, FieldChanges]>([
  ['the link alone', { title: 'new' }],
  ['what is beside it, too', { maxClicks: 9, passwordHash: 'hash' }],
])('of 20 concurrent changes of one version, of %s, exactly one wins, and the others are stale', async (_, changes) => {
  const link = await stored({ maxClicks: 5 })
  const selector = { ...link, ifMatch: [link.version] }
  const results = await Promise.all(Array.from({ length: 20 }, () => links.change(selector, aChange(changes))))
  expect(results.filter((result) => result === 'stale')).toHaveLength(19)
  const [winner] = results.filter((result) => result !== 'stale')
  expect(await links.stateOf(link.code)).toEqual(winner)
})

test('concurrent changes of different fields are all kept', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const link = await stored()
    const all: FieldChanges[] = [
      { title: 'new' },
      { expiredUrl: 'https://e.example/' },
      { passwordHash: 'hash' },
      { maxClicks: 7 },
    ]
    const results = await Promise.all(all.map((changes) => settled(links.change(link, aChange(changes)))))
    const state = await links.stateOf(link.code)
    const done = Object.assign({}, ...all.filter((_, index) => results[index] !== 'later')) as FieldChanges
    expect(done).not.toEqual({})
    expect({ title: state?.link.title, maxClicks: state?.link.maxClicks }).toEqual({
      title: done.title ?? null,
      maxClicks: done.maxClicks ?? null,
    })
    expect(state?.details).toMatchObject({
      expiredUrl: done.expiredUrl ?? null,
      passwordHash: done.passwordHash ?? null,
    })
  }
})

test('concurrent changes of start and end never leave a link that ends before it starts', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const link = await stored()
    await Promise.all([
      settled(links.change(link, aChange({ startsAt: '2030-01-02T00:00:00.000Z' }))),
      settled(links.change(link, aChange({ expiresAt: '2030-01-01T00:00:00.000Z' }))),
    ])
    const { startsAt, expiresAt } = (await links.stateOf(link.code))?.link ?? {}
    expect([startsAt, expiresAt].filter((time) => time === null)).toHaveLength(1)
  }
})

test('while the cap is changed, clicks are neither lost nor invented, and the last cap holds', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const link = await stored({ maxClicks: 10 })
    const caps = [40, 5, null, 20]
    const changing = (async () => {
      for (const maxClicks of caps) await settled(links.change(link, aChange({ maxClicks })))
    })()
    const spent = await Promise.all(Array.from({ length: 60 }, () => links.spend(link.code)))
    await changing
    const { clicks, link: after } = (await links.stateOf(link.code)) as LinkState
    expect(clicks).toBe(spent.filter((count) => count !== 'refused').length)
    for (let spend = 0; spend < 20; spend++) await links.spend(link.code)
    const cap = after.maxClicks ?? Number.POSITIVE_INFINITY
    expect((await links.stateOf(link.code))?.clicks).toBe(Math.max(clicks, Math.min(clicks + 20, cap)))
  }
})

test('while a link is removed, clicks are counted or refused, and no counter remains', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const link = await stored({ maxClicks: 100 })
    const spends = Array.from({ length: 20 }, () => links.spend(link.code))
    const [removed] = await Promise.all([settled(links.store.remove(link, aRemoval(), signal)), ...spends])
    if (removed === 'later') await links.store.remove(link, aRemoval(), signal)
    expect(await links.itemOf(link.code, 'cap')).toBeUndefined()
    expect(await links.spend(link.code)).toBe('refused')
    expect(await links.itemOf(link.code, 'cap')).toBeUndefined()
  }
})

test('after a concurrent change and removal the link is deleted, and nothing of it reappears', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const link = await stored()
    const change = aChange({ maxClicks: 3, passwordHash: 'hash' })
    const [changed, removed] = await Promise.all([
      settled(links.change(link, change)),
      settled(links.store.remove(link, aRemoval(), signal)),
    ])
    expect([removed, changed === 'not-found' || typeof changed === 'object']).toEqual(['removed', true])
    expect(await links.stateOf(link.code)).toBeUndefined()
    expect(await links.itemOf(link.code, 'cap')).toBeUndefined()
    expect(await links.itemOf(link.code, 'details')).toBeUndefined()
  }
})
