import fc from 'fast-check'
import { jsonEvent } from '../../support/events.ts'
import { managementApi, WRITER } from './management-api.ts'

const HALF = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/
/** The JSON escape of a lone surrogate. A pair is never escaped, and the texts below have no backslash. */
const ESCAPED_HALF = /\\ud[89a-f]/

/** Texts with lone surrogates, some of which are long enough to be truncated. */
const text = fc
  .tuple(fc.array(fc.constantFrom('\ud83d', '\ude00', '😀', 'a'), { maxLength: 4 }), fc.nat(120))
  .map(([parts, length]) => 'x'.repeat(length) + parts.join(''))
const body = fc.dictionary(
  fc.oneof(text, fc.constantFrom('url', 'alias', 'title', 'tags', 'rules', 'startsAt', 'links', '__proto__')),
  fc.oneof(text, fc.array(text, { maxLength: 3 }), fc.dictionary(text, text, { maxKeys: 3 })),
  { maxKeys: 6 },
)

test.each([
  'POST /v1/links',
  'POST /v1/links/bulk',
  'PATCH /v1/links/{code}',
])('whatever %s refuses, the response echoes it as valid Unicode', async (routeKey) => {
  const api = managementApi()
  await fc.assert(
    fc.asyncProperty(body, async (given) => {
      const json = routeKey.endsWith('/bulk') ? { links: [given] } : given
      const event = jsonEvent({ routeKey, params: { code: 'abc' }, claims: WRITER, json })
      const { text: answer, status } = await api.sendText(event)
      expect(status).toBeGreaterThanOrEqual(200)
      expect(answer).not.toMatch(HALF)
      expect(answer).not.toMatch(ESCAPED_HALF)
    }),
    { numRuns: 200 },
  )
})
