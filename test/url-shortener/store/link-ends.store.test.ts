import { randomUUID } from 'node:crypto'
import type { FieldChanges } from '../../../functions/url-shortener/domain/fields.ts'
import { type LinkState, linkStatus } from '../../../functions/url-shortener/domain/link.ts'
import { linkEventContent } from '../../../functions/url-shortener/store/event-content.ts'
import { createRecordEnd } from '../../../functions/url-shortener/store/record-end.ts'
import { CAUSE } from '../a-link.ts'
import { AT, aBlock, aChange, anUnblocking, fullState, linkTable } from './link-table.ts'

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

const endKeyOf = async (code: string) => (await links.itemOf(code))?.endSk?.S

/** Returns the status in the event of a link's latest change, and in the API. */
const statuses = async (code: string) => {
  const item = (await links.itemOf(code)) ?? {}
  const { status } = linkEventContent(item, 'url-shortener.link.updated').data as { status: string }
  const state = await links.stateOf(code)
  return [status, state && linkStatus(state.link, Date.parse(AT), state.clicks)]
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

  test('blocked, and once a link at its cap is unblocked, exhausted', async () => {
    const { link } = await stored({ maxClicks: 1 })
    await links.spend(link.code)
    await links.blocks.block(link, aBlock(), signal)
    await links.change(link, aChange({ title: 'New' }))
    expect(await statuses(link.code)).toEqual(['blocked', 'blocked'])
    await links.blocks.unblock(link, anUnblocking(), signal)
    expect(await statuses(link.code)).toEqual(['exhausted', 'exhausted'])
  })
})

describe('the end of a link', () => {
  const recordEnd = (link: { code: string; version: string }, end: 'expired' | 'exhausted') =>
    createRecordEnd({ client: links.dynamodb, tableName: links.table, newOperationId: randomUUID, now: Date.now })(
      { ...link, end, cause: CAUSE },
      signal,
    )

  test('is in the index until it is recorded; a new end is added, and a removed one is not there', async () => {
    const { link } = await stored({ expiresAt: PAST })
    expect(await endKeyOf(link.code)).toBe(`${PAST}#${link.code}`)
    await recordEnd(link, 'expired')
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

  test('by its cap is recorded again once the cap was raised and reached again', async () => {
    const { link } = await stored({ maxClicks: 1, expiresAt: FUTURE })
    await links.spend(link.code)
    expect(await recordEnd(link, 'exhausted')).toBe('recorded')
    const raised = (await links.change(link, aChange({ maxClicks: 2 }))) as LinkState
    expect([raised.link.ended, linkStatus(raised.link, Date.now(), raised.clicks)]).toEqual([null, 'active'])
    expect(await endKeyOf(link.code)).toBe(`${FUTURE}#${link.code}`)
    await links.spend(link.code)
    expect(await recordEnd(raised.link, 'exhausted')).toBe('recorded')
  })
})

describe('a counter', () => {
  test('keeps its clicks when the cap is set, lowered, raised, removed and set again', async () => {
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
