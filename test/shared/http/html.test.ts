import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { escapeHtml, htmlResponse } from '../../../functions/shared/http/html.ts'

test('an escaped text has no character that means something in HTML but references, and these give it back', () => {
  const references: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'&<>"\'abc#;3 \u202e') }), (text) => {
      const escaped = escapeHtml(text)
      expect(escaped).not.toMatch(/[<>"']/)
      expect(escaped.replace(/&([^;]*);/g, (_, name) => references[name] ?? `unknown ${name}`)).toBe(text)
    }),
    { numRuns: 1000 },
  )
})

test('the policy allows the style by its hash, and no script, frame, base or other source', () => {
  const style = 'p{color:red}\n/* ü */'
  const { status, headers, body } = htmlResponse({ status: 410, html: '<p>gone</p>', style })
  expect([status, body]).toEqual([410, '<p>gone</p>'])
  const hash = createHash('sha256').update(Buffer.from(style, 'utf8')).digest('base64')
  expect(headers).toEqual({
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': [
      "default-src 'none'",
      `style-src 'sha256-${hash}'`,
      'img-src data:',
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
  })
})
