import fc from 'fast-check'
import type { DeletedLink, Link } from '../../../functions/url-shortener/domain/link.ts'
import type { Rule } from '../../../functions/url-shortener/domain/rules.ts'
import { previewLink } from '../../../functions/url-shortener/visit/preview-link.ts'
import { aLink } from '../a-link.ts'
import { aVisit, aVisitor, VISITORS } from './a-visit.ts'
import { AFTER, BEFORE, NOW, TARGET, world } from './visit-world.ts'

const preview = (link: Link | DeletedLink | undefined, rules: readonly Rule[] = []) =>
  previewLink({
    resolve: async () => link,
    resolveDetails: async () => ({ expiredUrl: null, rules, passwordHash: null }),
    now: () => NOW,
  })('abc', new AbortController().signal)

test.each<[string, Partial<Link>]>([
  ['plain', {}],
  ['that started', { startsAt: BEFORE }],
  ['that has not ended', { expiresAt: AFTER }],
])('a link %s is previewed with its target', async (_, overrides) => {
  expect(await preview(aLink({ title: 'A title', ...overrides }))).toEqual({
    outcome: 'preview',
    preview: {
      code: 'abc',
      url: TARGET,
      targets: [TARGET],
      title: 'A title',
      createdAt: new Date(NOW).toISOString(),
      forwardQuery: false,
    },
  })
})

test('the targets of rules follow the link’s own, each once, even if a rule matches nobody now', async () => {
  const rules = [
    { if: { device: 'ios' as const }, url: 'https://example.com/ios' },
    { if: { language: 'de' }, url: TARGET },
    { if: { before: BEFORE }, url: 'https://example.com/over' },
    { if: { country: 'AT' }, url: 'https://example.com/ios' },
  ]
  const targets = [TARGET, 'https://example.com/ios', 'https://example.com/over']
  expect(await preview(aLink({ hasRules: true }), rules)).toMatchObject({ preview: { url: TARGET, targets } })
})

test('a preview says whether the query is passed on', async () => {
  expect(await preview(aLink({ forwardQuery: true }))).toMatchObject({ preview: { forwardQuery: true } })
})

test('any visitor gets one of the targets in the preview', async () => {
  const url = fc.constantFrom('a', 'b', 'c', '').map((path) => `${TARGET}${path}`)
  const conditions = fc.record(
    {
      device: fc.constantFrom('ios' as const, 'android' as const, 'mobile' as const, 'desktop' as const),
      language: fc.constantFrom('de', 'en-GB'),
      country: fc.constantFrom('AT', 'unknown'),
      before: fc.constantFrom(BEFORE, AFTER),
      after: fc.constantFrom(BEFORE, AFTER),
    },
    { requiredKeys: [] },
  )
  const rules = fc.array(fc.record({ if: conditions, url }), { maxLength: 5 })
  const headers = fc.record(
    {
      'user-agent': fc.constantFrom(VISITORS.person['user-agent'], 'Mozilla/5.0 (iPhone)', 'Mozilla/5.0 (Android 10)'),
      'accept-language': fc.constantFrom('de', 'en'),
      'cloudfront-viewer-country': fc.constant('AT'),
    },
    { requiredKeys: [] },
  )
  await fc.assert(
    fc.asyncProperty(rules, url, headers, async (rules, url, headers) => {
      const link = { url, hasRules: rules.length > 0 }
      const visit = aVisit('person', { located: async () => aVisitor(headers, true) })
      const visited = await world({ link, details: { rules } }).visit(visit)
      const previewed = await preview(aLink(link), rules)
      if (visited.outcome !== 'redirect' || previewed.outcome !== 'preview') throw new Error('It leads nowhere.')
      expect(previewed.preview.targets).toContain(visited.url)
    }),
  )
})

test.each<[string, Partial<Link>]>([
  ['a cap', { maxClicks: 5 }],
  ['a password', { passwordId: 'p1' }],
  ['a block', { blockedAt: BEFORE }],
  ['a start in the future', { startsAt: AFTER }],
  ['an end in the past', { expiresAt: BEFORE }],
  ['an end in the past and an expiredUrl', { expiresAt: BEFORE, hasExpiredUrl: true }],
])('a link with %s is previewed without a target, those of its rules included', async (_, overrides) => {
  const rules = [{ if: {}, url: 'https://example.com/ruled' }]
  expect(await preview(aLink({ hasRules: true, ...overrides }), rules)).toMatchObject({
    outcome: 'preview',
    preview: { code: 'abc', url: null, targets: [] },
  })
})

test('a missing or deleted link has no preview', async () => {
  expect(await preview(undefined)).toEqual({ outcome: 'not-found' })
  expect(await preview({ code: 'abc', deletedAt: BEFORE })).toEqual({ outcome: 'deleted' })
})
