import fc from 'fast-check'
import { preferredType, wantsHtml } from '../../../functions/shared/http/accept.ts'

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8'

test.each<[string | undefined, boolean]>([
  [BROWSER, true],
  ['text/html', true],
  ['text/*', true],
  ['Text/HTML;Q=0.5, application/json;q=0.4', true],
  ['text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2', true],
  ['text/html, */*', true],
  ['text/html;q=0.001', true],
  ['text/html;charset=utf-8', true],
  ['text/html ; q=0.5 , */*;q=0.4', true],
  ['text/html;level=1;q=0.3, text/html;q=0.9, application/json;q=0.5', true],
  ['application/json;q=0, text/html;q=0.1', true],
  ['application/json;q=0, application/problem+json;q=0, */*;q=0.1', true],
  ['text/html;profile="a,b;q=0"', true],
  ['text/html;q=0.8;q=0.1, application/json;q=0.5', true],
  [undefined, false],
  ['', false],
  [' , ', false],
  ['*/*', false],
  ['application/json', false],
  ['application/*, text/html;q=0.9', false],
  ['application/json, text/html;q=0.1', false],
  ['application/json, text/html', false],
  ['application/problem+json, text/html;q=0.9', false],
  ['application/json;charset=utf-8, text/html;q=0.9', false],
  ['text/html;level=1, text/html;q=0.4, application/json;q=0.5', false],
  ['*/*, text/html;q=0.5', false],
  ['text/html;q=0, */*', false],
  ['text/html;q=0', false],
  ['text/html;q=0.000 , */*', false],
  ['text/htmlx', false],
  ['image/png', false],
  ['application/json, text/plain, */*', false],
])('with "Accept: %s" a page is wanted: %s', (accept, expected) => {
  expect(wantsHtml(accept)).toBe(expected)
})

test.each([
  'text/html;q=2',
  'text/html;q=-1',
  'text/html;q=1.5',
  'text/html;q=0.1234',
  'text/html;q=',
  'text/html;q=high',
  'text/html;q="1"',
  'text/html; q = 1',
  'text/html;level',
  'text',
  'html',
  '/html',
  'text/',
  '*/html',
  'text /html',
  '<text/html>',
  'text/html;a="b',
  '\u0000text/html',
])('the malformed %j is ignored', (malformed) => {
  expect(wantsHtml(malformed)).toBe(false)
  expect(wantsHtml(`${malformed}, text/html;q=0.2, application/json;q=0.1`)).toBe(true)
})

test('the order of the offer decides between equally preferred types', () => {
  const offered = ['text/html', 'application/json'] as const
  for (const accept of [undefined, '*/*', 'application/json, text/html', 'image/png', '*/*;q=0']) {
    expect(preferredType(accept, offered)).toBe('text/html')
    expect(preferredType(accept, ['application/json', 'text/html'])).toBe('application/json')
  }
  expect(preferredType('application/json, */*', offered)).toBe('application/json')
  expect(preferredType('text/html;q=0, */*;q=0.1', offered)).toBe('application/json')
})

test('any weights are compared, whatever the order of the ranges', () => {
  const weight = fc.integer({ min: 0, max: 1000 }).map((thousandths) => thousandths / 1000)
  fc.assert(
    fc.property(fc.record({ html: weight, json: weight, any: weight }), fc.boolean(), (weights, isReversed) => {
      const { html, json, any } = weights
      const ranges = [`text/html;q=${html}`, `application/json;q=${json}`, `*/*;q=${any}`]
      const accept = (isReversed ? ranges.reverse() : ranges).join(', ')
      const [ours, others] = [html, Math.max(json, any)]
      // A problem is matched by */*, less exactly than HTML by its name; JSON is named as exactly, and offered first.
      expect(wantsHtml(accept)).toBe(ours > 0 && ours >= others && ours > json)
    }),
  )
})

test('a long header is read in no time', () => {
  for (const part of ['text/html;q=0.5, ', '"', '\\"', ';', 'a/b;c="', ' ']) {
    expect(typeof wantsHtml(part.repeat(10_000))).toBe('boolean')
  }
})
