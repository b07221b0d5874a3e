import fc from 'fast-check'
import { domainsOf } from '../../../functions/url-shortener/store/denylist.ts'

test.each([
  ['https://example.com/a', ['example.com', 'com']],
  ['https://user@a.b.Example.COM:8443/', ['a.b.example.com', 'b.example.com', 'example.com', 'com']],
  ['https://example.com./', ['example.com', 'com']],
  ['https://bücher.example/', ['xn--bcher-kva.example', 'example']],
  ['https://intranet/', ['intranet']],
  ['http://192.0.2.1/', ['192.0.2.1']],
  ['http://[2001:db8::1]/', ['[2001:db8::1]']],
])('%s is checked as %j', (url, domains) => {
  expect(domainsOf(url)).toEqual(domains)
})

test('a name of any length has at most 100 domains to check, the shortest ones', () => {
  const label = fc.stringMatching(/^[a-z][a-z0-9]$/)
  fc.assert(
    fc.property(fc.array(label, { minLength: 2, maxLength: 84 }), fc.boolean(), (labels, isLong) => {
      const name = [...(isLong ? Array(40).fill('x') : []), ...labels].join('.')
      const domains = domainsOf(`https://${name}/`)
      expect(domains.length).toBe(Math.min(100, name.split('.').length))
      expect(domains.at(-1)).toBe(labels.at(-1))
      for (const domain of domains) expect(`.${name}`.endsWith(`.${domain}`)).toBe(true)
    }),
  )
})
