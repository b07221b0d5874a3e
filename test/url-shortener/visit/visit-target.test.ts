import type { Link } from '../../../functions/url-shortener/domain/link.ts'
import { aVisit, aVisitor, VISITORS } from './a-visit.ts'
import { BEFORE, CAP, END, EXPIRED_URL, PASSWORD, summary, TARGET, world } from './visit-world.ts'

describe('the target', () => {
  const rules = [
    { if: { country: 'AT' }, url: 'https://example.com/at' },
    { if: { language: 'de' }, url: 'https://example.com/de' },
  ]
  const there = () => world({ link: { hasRules: true, forwardQuery: true }, details: { rules } })
  const german = { ...VISITORS.person, 'accept-language': 'de-CH', 'cloudfront-viewer-country': 'AT' }

  test('is that of the first matching rule', async () => {
    const visit = aVisit('person', { located: async () => aVisitor(german, true) })
    expect(summary(await there().visit(visit))).toBe('302 https://example.com/at')
  })

  test('is chosen without a country unless the edge provides it', async () => {
    const visit = aVisit('person', { located: async () => aVisitor(german, false) })
    expect(summary(await there().visit(visit))).toBe('302 https://example.com/de')
  })

  test('is the link’s own if no rule matches', async () => {
    expect(summary(await there().visit(aVisit()))).toBe(`302 ${TARGET}`)
  })

  test('gets the visitor’s query, even if a rule chose it', async () => {
    const visit = aVisit('person', { located: async () => aVisitor(german), query: 'a=1' })
    expect(summary(await there().visit(visit))).toBe('302 https://example.com/de?a=1')
  })

  test('gets no query unless the link forwards it, and the expiredUrl never does', async () => {
    const query = { query: 'a=1' }
    expect(summary(await world({}).visit(aVisit('person', query)))).toBe(`302 ${TARGET}`)
    const ended = { link: { forwardQuery: true, expiresAt: BEFORE, ...EXPIRED_URL }, details: { expiredUrl: END } }
    expect(summary(await world(ended).visit(aVisit('person', query)))).toBe(`302 ${END}`)
  })
})

describe('how long a redirect may be cached', () => {
  const permanent = { redirect: 301, cacheSeconds: 60 } as const

  test.each<[string, Partial<Link>, object | null]>([
    ['a 301, for the link’s cacheSeconds', permanent, { seconds: 60, scope: 'public' }],
    ['a 308 too', { ...permanent, redirect: 308 }, { seconds: 60, scope: 'public' }],
    ['a 302 never', { ...permanent, redirect: 302 }, null],
    ['a 307 never', { ...permanent, redirect: 307 }, null],
    ['not at all without cacheSeconds', { redirect: 301 }, null],
    [
      'not beyond the link’s end',
      { ...permanent, expiresAt: '2026-03-12T19:04:28.504Z' },
      { seconds: 30, scope: 'public' },
    ],
    ['not in its last second', { ...permanent, expiresAt: '2026-03-12T19:03:59.004Z' }, null],
    ['only privately if rules choose', { ...permanent, hasRules: true }, { seconds: 60, scope: 'private' }],
    ['never with a cap', { ...permanent, ...CAP }, null],
  ])('%s', async (_, link, cache) => {
    expect(await world({ link }).visit(aVisit())).toMatchObject({ outcome: 'redirect', cache })
  })

  test.each([
    ['not beyond the start of a rule', { after: '2026-03-12T19:04:18.504Z' }, { seconds: 20, scope: 'private' }],
    ['not beyond the end of a rule', { before: '2026-03-12T19:04:08.504Z' }, { seconds: 10, scope: 'private' }],
    ['regardless of a rule that started before', { after: BEFORE }, { seconds: 60, scope: 'private' }],
  ])('%s', async (_, condition, cache) => {
    const rules = [{ if: condition, url: 'https://ruled.example/' }]
    const { visit } = world({ link: { ...permanent, hasRules: true }, details: { rules } })
    expect(await visit(aVisit())).toMatchObject({ outcome: 'redirect', cache })
  })

  test('never with a password', async () => {
    const { visit } = world({ link: { ...permanent, ...PASSWORD } })
    expect(await visit(aVisit('person', { cookies: ['unlock=p1'] }))).toMatchObject({
      outcome: 'redirect',
      cache: null,
    })
  })

  test('never to the expiredUrl', async () => {
    const { visit } = world({ link: { ...permanent, expiresAt: BEFORE, ...EXPIRED_URL }, details: { expiredUrl: END } })
    expect(await visit(aVisit())).toMatchObject({ status: 302, cache: null })
  })
})
