import type { DeletedLink, Link } from '../../../functions/url-shortener/domain/link.ts'
import { previewLink } from '../../../functions/url-shortener/visit/preview-link.ts'
import { aLink } from '../a-link.ts'

const NOW = Date.parse('2026-03-12T19:03:58.005Z')
const [BEFORE, AFTER] = ['2026-03-12T19:03:58.004Z', '2026-03-12T19:03:58.006Z']

const preview = (link: Link | DeletedLink | undefined) =>
  previewLink({ resolve: async () => link, now: () => NOW })('abc', new AbortController().signal)

test.each<[string, Partial<Link>]>([
  ['plain', {}],
  ['that started', { startsAt: BEFORE }],
  ['that has not ended', { expiresAt: AFTER }],
  ['with rules, whose others are not shown', { hasRules: true }],
])('the target of a link %s is shown', async (_, overrides) => {
  expect(await preview(aLink({ title: 'A title', ...overrides }))).toEqual({
    outcome: 'preview',
    preview: { code: 'abc', url: 'https://example.com/', title: 'A title', createdAt: new Date(NOW).toISOString() },
  })
})

test.each<[string, Partial<Link>]>([
  ['a cap', { maxClicks: 5 }],
  ['a password', { passwordId: 'p1' }],
  ['a block', { blockedAt: BEFORE }],
  ['a start in the future', { startsAt: AFTER }],
  ['an end in the past', { expiresAt: BEFORE }],
  ['another target for its end', { expiresAt: BEFORE, hasExpiredUrl: true }],
])('of a link with %s there is a preview without a target', async (_, overrides) => {
  expect(await preview(aLink(overrides))).toMatchObject({ outcome: 'preview', preview: { code: 'abc', url: null } })
})

test('of no link, and of a deleted one, there is none', async () => {
  expect(await preview(undefined)).toEqual({ outcome: 'not-found' })
  expect(await preview({ code: 'abc', deletedAt: BEFORE })).toEqual({ outcome: 'deleted' })
})
