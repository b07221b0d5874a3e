import fc from 'fast-check'
import { type GivenFields, namesOf, toChanges } from '../../../functions/url-shortener/domain/fields.ts'
import { parseTarget } from '../../../functions/url-shortener/domain/target-url.ts'

const ownHosts = new Set(['go.example'])
const toKept = (given: GivenFields) => toChanges(given, { ownHosts, hashPassword: async (text) => `hash of ${text}` })

test('omitted fields stay absent, and null fields are cleared', async () => {
  expect(await toKept({})).toStrictEqual({})
  expect(await toKept({ title: undefined, url: undefined })).toStrictEqual({})
  const cleared = await toKept({
    ...{ title: null, tags: null, redirect: null, cacheSeconds: null, startsAt: null, expiresAt: null },
    ...{ expiredUrl: null, maxClicks: null, password: null, forwardQuery: null, rules: null },
  })
  expect(cleared).toStrictEqual({
    ...{ title: null, tags: [], redirect: 302, cacheSeconds: 0, startsAt: null, expiresAt: null },
    ...{ expiredUrl: null, maxClicks: null, passwordHash: null, forwardQuery: false, rules: [] },
  })
})

test('a password is stored as its hash, under another name', async () => {
  expect(await toKept({ password: 'secret' })).toStrictEqual({ passwordHash: 'hash of secret' })
})

test('nothing is hashed if a target is refused', async () => {
  const hashed: string[] = []
  const hashPassword = async (password: string) => {
    hashed.push(password)
    return 'hash'
  }
  await toChanges({ url: 'x', password: 'secret' }, { ownHosts, hashPassword })
  expect(hashed).toEqual([])
})

test('fields are listed by the names in the request, even a password', () => {
  expect(namesOf({ password: 'secret', title: null, rules: undefined })).toEqual(['title', 'password'])
})

/** Targets that pass, or are refused for each of the reasons. */
const target = fc.oneof(
  fc.webUrl({ withQueryParameters: true }),
  fc.string(),
  fc.constantFrom('http://127.0.0.1/', 'https://go.example/x', 'https://me:pw@example.com/', 'ftp://example.com/'),
  fc.constantFrom('HTTPS://EXAMPLE.com', 'https://bücher.example/ü', `https://example.com/${'x'.repeat(2048)}`),
)

test('the target, the expiredUrl and the targets of rules are validated by the same rules, and every invalid one is named', async () => {
  const given = fc.record(
    { url: target, expiredUrl: fc.option(target), rules: fc.array(target, { maxLength: 10 }) },
    { requiredKeys: [] },
  )
  await fc.assert(
    fc.asyncProperty(given, async ({ rules, ...urls }) => {
      const fields = { ...urls, ...(rules && { rules: rules.map((url) => ({ if: { country: 'DE' }, url })) }) }
      const places = [
        ['url', urls.url] as const,
        ['expiredUrl', urls.expiredUrl] as const,
        ...(rules ?? []).map((url, index) => [`rules[${index}].url`, url] as const),
      ]
      const expected = places.flatMap(([path, url]) => {
        const parsed = typeof url === 'string' ? parseTarget(url, ownHosts) : { ok: true as const }
        return parsed.ok ? [] : [{ path, message: parsed.reason }]
      })
      const kept = await toKept(fields)
      if (expected.length > 0) return expect(kept).toEqual({ targetErrors: expected })
      const serialised = (url: string) => new URL(url).href
      expect(kept).toEqual({
        ...(urls.url !== undefined && { url: serialised(urls.url) }),
        ...(urls.expiredUrl !== undefined && { expiredUrl: urls.expiredUrl && serialised(urls.expiredUrl) }),
        ...(rules && { rules: rules.map((url) => ({ if: { country: 'DE' }, url: serialised(url) })) }),
      })
    }),
    { numRuns: 300 },
  )
})
