import type { FieldChanges } from '../../../functions/url-shortener/domain/fields.ts'
import { type Link, linkStatus } from '../../../functions/url-shortener/domain/link.ts'
import { changesNothing, reviseLink } from '../../../functions/url-shortener/domain/revise.ts'
import { aState } from '../a-link.ts'

const NOW = '2026-03-13T08:00:00.000Z'
const PAST = '2026-03-01T00:00:00.000Z'
const FUTURE = '2026-04-01T00:00:00.000Z'
const RULE_IF = { device: 'ios', country: 'DE' } as const
const RULE_IF_REVERSED = { country: 'DE', device: 'ios' } as const
const REVISION = { updatedAt: NOW, operationId: 'version-2' }
const revise = (state: ReturnType<typeof aState>, changes: FieldChanges) => {
  const revised = reviseLink(state, changes, REVISION)
  if (typeof revised === 'string') throw new Error(revised)
  return revised
}

test('a revision without changes has a new version, and nothing else', () => {
  const state = aState(
    { title: 'A title', maxClicks: 3, hasCounter: true },
    { clicks: 2, expiredUrl: 'https://e.example/' },
  )
  const before = { ...state, link: { ...state.link, hasExpiredUrl: true } }
  expect(revise(before, {})).toEqual({ ...before, link: { ...before.link, updatedAt: NOW, version: 'version-2' } })
})

test.each<[string, FieldChanges, boolean]>([
  ['nothing', {}, true],
  ['the same title', { title: 'A title' }, true],
  ['another title', { title: 'a title' }, false],
  ['the same tags', { tags: ['a', 'b'] }, true],
  ['the same tags in another order', { tags: ['b', 'a'] }, false],
  [
    'the same rules, their conditions in another order',
    { rules: [{ if: RULE_IF_REVERSED, url: 'https://r.example/' }] },
    true,
  ],
  ['rules with another target', { rules: [{ if: RULE_IF, url: 'https://other.example/' }] }, false],
  ['no cap where there is none', { maxClicks: null }, true],
  ['a cap', { maxClicks: 1 }, false],
  ['the same values of all kinds but one', { title: 'A title', maxClicks: null, forwardQuery: true }, false],
  ['another hash, whatever the password', { passwordHash: 'salt-2 hash' }, false],
  ['no password', { passwordHash: null }, false],
])('%s: %j leaves the link unchanged: %s', (_, changes, expected) => {
  const rules = [{ if: RULE_IF, url: 'https://r.example/' }]
  const state = aState({ title: 'A title', tags: ['a', 'b'] }, { rules, passwordHash: 'salt-1 hash' })
  expect(changesNothing(state, changes)).toBe(expected)
})

test('the link records whether it has details, so that a redirect knows whether to read them', () => {
  const rules = [{ if: { country: 'DE' }, url: 'https://r.example/' }]
  const full = revise(aState(), { rules, expiredUrl: 'https://e.example/', passwordHash: 'hash' })
  expect(full.link).toMatchObject({ hasRules: true, hasExpiredUrl: true, passwordId: 'version-2' })
  expect(full.details).toEqual({ rules, expiredUrl: 'https://e.example/', passwordHash: 'hash' })
  const empty = revise(full, { rules: [], expiredUrl: null, passwordHash: null })
  expect(empty.link).toMatchObject({ hasRules: false, hasExpiredUrl: false, passwordId: null })
})

test('another password gets another id, which invalidates cookies of the old one; other changes keep the id', () => {
  const state = aState({ passwordId: 'version-1' }, { passwordHash: 'hash' })
  expect(revise(state, { passwordHash: 'other' }).link.passwordId).toBe('version-2')
  expect(revise(state, { title: 'New' })).toMatchObject({
    link: { passwordId: 'version-1' },
    details: { passwordHash: 'hash' },
  })
})

test('clicks stay when a cap is set, lowered, raised and removed, and the counter with them', () => {
  let state = aState({}, { clicks: 0 })
  for (const maxClicks of [5, 3, 9, null, 4]) {
    state = revise({ ...state, clicks: 4 }, { maxClicks })
    expect(state).toMatchObject({ clicks: 4, link: { maxClicks, hasCounter: true } })
  }
})

test.each<[string, Partial<Link>, FieldChanges]>([
  ['a new end before the start that is there', { startsAt: NOW }, { expiresAt: PAST }],
  ['a new end at the start that is there', { startsAt: NOW }, { expiresAt: NOW }],
  ['a new start after the end that is there', { expiresAt: NOW }, { startsAt: FUTURE }],
])('%s is refused', (_, link, changes) => {
  expect(reviseLink(aState(link), changes, REVISION)).toBe('ends-too-early')
})

test('one change may remove a start and set an end before it', () => {
  expect(revise(aState({ startsAt: NOW }), { startsAt: null, expiresAt: PAST }).link).toMatchObject({ expiresAt: PAST })
})

describe('the recorded end', () => {
  const endedAfter = (link: Partial<Link>, changes: FieldChanges) =>
    revise(aState(link, { clicks: 4 }), changes).link.ended

  test.each<FieldChanges>([{ title: 'New' }, { expiresAt: NOW }])('expired stays so with %j', (changes) => {
    expect(endedAfter({ ended: 'expired', expiresAt: PAST }, changes)).toBe('expired')
  })

  test.each<FieldChanges>([{ expiresAt: FUTURE }, { expiresAt: null }])('expired is cleared by %j', (changes) => {
    expect(endedAfter({ ended: 'expired', expiresAt: PAST }, changes)).toBeNull()
  })

  test.each<FieldChanges>([
    { title: 'New' },
    { maxClicks: 2 },
    { expiresAt: PAST },
  ])('exhausted stays so with %j', (changes) => {
    expect(endedAfter({ ended: 'exhausted', maxClicks: 4 }, changes)).toBe('exhausted')
  })

  test.each<FieldChanges>([{ maxClicks: 5 }, { maxClicks: null }])('exhausted is cleared by %j', (changes) => {
    expect(endedAfter({ ended: 'exhausted', maxClicks: 4 }, changes)).toBeNull()
  })

  test('is not recorded by a change, but by the next visit or sweep', () => {
    expect(endedAfter({}, { expiresAt: PAST })).toBeNull()
    expect(endedAfter({}, { maxClicks: 1 })).toBeNull()
  })
})

test('a link whose cap is raised is active again, whatever end was recorded before', () => {
  const state = aState({ ended: 'exhausted', maxClicks: 4 }, { clicks: 4 })
  expect(linkStatus(state.link, Date.parse(NOW), 4)).toBe('exhausted')
  expect(linkStatus(revise(state, { maxClicks: 5 }).link, Date.parse(NOW), 4)).toBe('active')
})
