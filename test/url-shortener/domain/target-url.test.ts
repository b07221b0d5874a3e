import fc from 'fast-check'
import { MAX_TARGET_LENGTH, parseTarget } from '../../../functions/url-shortener/domain/target-url.ts'

const OWN_HOSTS = new Set(['go.example', 'abc123.execute-api.eu-central-1.amazonaws.com'])

const parse = (input: string) => parseTarget(input, OWN_HOSTS)

/** One refusal of each kind, so that no test repeats a text. */
const REFUSED = {
  tooLong: parse('x'.repeat(MAX_TARGET_LENGTH + 1)),
  relative: parse('/path'),
  scheme: parse('ftp://example.com/'),
  credentials: parse('https://user:password@example.com/'),
  local: parse('http://127.0.0.1/'),
  own: parse('https://go.example/'),
}

test('each kind of refusal has its own reason', () => {
  const reasons = Object.values(REFUSED).map((target) => (target.ok ? '' : target.reason))
  expect(new Set(reasons).size).toBe(reasons.length)
  expect(reasons).not.toContain('')
})

test.each([
  'https://go.example',
  'http://go.example:8080/abc',
  'https://GO.Example/',
  'https://go.example./',
  'https://go.example../x',
  'https://ｇｏ.example/',
  'https://%67o.example/',
  'https://go。example/',
  'https://abc123.execute-api.eu-central-1.amazonaws.com/v1/links',
])('%s leads back to this service and is refused', (input) => {
  expect(parse(input)).toEqual(REFUSED.own)
})

test.each([
  'https://www.go.example/',
  'https://go.example.org/',
  'https://ago.example/',
])('%s is another host', (input) => {
  expect(parse(input)).toEqual({ ok: true, url: input })
})

test.each([
  'https://user@example.com/',
  'https://user:@example.com/',
  'https://:password@example.com/',
  'https://user:password@example.com/',
  'https://example.com:443@evil.example/',
  'https://%75ser@example.com/',
])('%s contains credentials and is refused', (input) => {
  expect(parse(input)).toEqual(REFUSED.credentials)
})

test('an at sign after the host is no credential', () => {
  expect(parse('https://example.com/@user?q=a@b#c@d')).toEqual({
    ok: true,
    url: 'https://example.com/@user?q=a@b#c@d',
  })
})

test.each([
  'javascript:alert(1)',
  'JavaScript:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'file:///etc/passwd',
  'ftp://example.com/',
  'ws://example.com/',
  'mailto:a@example.com',
  'blob:https://example.com/1',
  'view-source:https://example.com/',
  'intent://example.com/#Intent;scheme=https;end',
  'example.com:443/x',
])('%s has another scheme and is refused', (input) => {
  expect(parse(input)).toEqual(REFUSED.scheme)
})

test.each([
  '',
  ' ',
  'example.com',
  '/path',
  '//example.com/',
  '?q',
  'https://',
  'https://exa mple.com/',
  'http://256.1.1.1/',
])('%j is no absolute URL and is refused', (input) => {
  expect(parse(input)).toEqual(REFUSED.relative)
})

describe('at most 2,048 characters', () => {
  const PREFIX = 'https://example.com/'
  const fill = (length: number) => PREFIX + 'a'.repeat(length - PREFIX.length)

  test('as sent', () => {
    expect(MAX_TARGET_LENGTH).toBe(2048)
    expect(parse(fill(2048))).toEqual({ ok: true, url: fill(2048) })
    expect(parse(fill(2049))).toEqual(REFUSED.tooLong)
  })

  test('as sent, even if it would be stored shorter', () => {
    expect(parse(`${' '.repeat(2048 - PREFIX.length)}${PREFIX}`)).toEqual({ ok: true, url: PREFIX })
    expect(parse(`${' '.repeat(2049 - PREFIX.length)}${PREFIX}`)).toEqual(REFUSED.tooLong)
  })

  test('as stored, where one letter may become six', () => {
    const room = 2048 - PREFIX.length
    const letters = 'é'.repeat(Math.floor(room / 6))
    const rest = 'a'.repeat(room % 6)
    const longest = parse(PREFIX + letters + rest)
    expect(longest.ok && longest.url).toHaveLength(2048)
    expect(parse(`${PREFIX}${letters}${rest}a`).ok).toBe(false)
  })

  test('whatever is sent', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 300, maxLength: 2100, size: 'max' }), (text) => {
        const target = parse(PREFIX + text)
        if (target.ok) expect(target.url.length).toBeLessThanOrEqual(2048)
      }),
    )
  })
})

test('an ordinary public URL passes and comes back as the WHATWG standard serialises it', () => {
  fc.assert(
    fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (input) => {
      expect(parse(input)).toEqual({ ok: true, url: new URL(input).href })
    }),
  )
})

test('a serialised target is accepted again, unchanged', () => {
  fc.assert(
    fc.property(fc.webUrl({ withQueryParameters: true }), fc.string({ unit: 'grapheme' }), (base, query) => {
      const once = parse(`${base}?q=${query}`)
      if (once.ok) expect(parse(once.url)).toEqual(once)
    }),
  )
})

test('any text gets a result and never an error, and only http and https are accepted', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.string().map((s) => `http://${s}`),
      ),
      (input) => {
        const target = parse(input)
        if (target.ok) expect(target.url).toMatch(/^https?:\/\//)
      },
    ),
  )
})

test.each([
  ['https://EXAMPLE.com:443', 'https://example.com/'],
  ['http:example.com/a/../b', 'http://example.com/b'],
  ['https://bücher.example/ü?q=ü#ü', 'https://xn--bcher-kva.example/%C3%BC?q=%C3%BC#%C3%BC'],
  ['https://example.com./', 'https://example.com./'],
  ['https://example.com/a b"<>', 'https://example.com/a%20b%22%3C%3E'],
])('%s is stored as %s', (input, url) => {
  expect(parse(input)).toEqual({ ok: true, url })
})
