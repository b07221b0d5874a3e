import { httpHandler } from '../../../functions/shared/http/handler.ts'
import type { DeletedLink, Link } from '../../../functions/url-shortener/domain/link.ts'
import { qrCodeRoute } from '../../../functions/url-shortener/draw/route.ts'
import { type EventOptions, httpEvent, lambdaContext } from '../../support/events.ts'
import { recordedTelemetry } from '../../support/telemetry.ts'
import { aLink } from '../a-link.ts'
import { READER } from '../manage/management-api.ts'
import { pixelsOfPng, pixelsOfSvg, readQrCode } from './read-qr-code.ts'

function drawing(link: Link | DeletedLink | undefined = aLink()) {
  const reads: unknown[] = []
  const draw = qrCodeRoute({
    read: async (code, { consistent }) => {
      reads.push([code, consistent])
      return link
    },
    publicUrl: 'https://go.example',
    tenancy: 'multi',
  })
  const handler = httpHandler({ ...recordedTelemetry().telemetry, routes: { 'GET /v1/links/{code}/qr': draw } })
  const get = (rawQuery = '', more: Partial<EventOptions> = {}) =>
    handler(
      httpEvent({ routeKey: 'GET /v1/links/{code}/qr', params: { code: 'abc' }, claims: READER, rawQuery, ...more }),
      lambdaContext(),
    )
  return { get, reads }
}

test('a link gets its short URL as an SVG of 256 pixels, without any parameter', async () => {
  const { get, reads } = drawing()
  const { statusCode, headers, body, isBase64Encoded } = await get()
  expect([statusCode, headers?.['content-type'], isBase64Encoded]).toEqual([200, 'image/svg+xml', undefined])
  const pixels = pixelsOfSvg(String(body))
  expect([readQrCode(pixels), pixels.size]).toEqual(['https://go.example/abc', 256])
  expect(reads).toEqual([['abc', true]])
})

test('a PNG is sent as bytes', async () => {
  const { headers, body, isBase64Encoded } = await drawing().get('format=png&size=300&margin=0')
  expect([headers?.['content-type'], isBase64Encoded]).toEqual(['image/png', true])
  const pixels = pixelsOfPng(Buffer.from(String(body), 'base64'))
  expect([readQrCode(pixels), pixels.size]).toEqual(['https://go.example/abc', 300])
})

test('the caller’s own cache may keep the image for a day, and no other cache', async () => {
  const { headers } = await drawing().get()
  expect(headers).toMatchObject({ 'cache-control': 'private, max-age=86400', vary: 'authorization' })
})

test('an image that the client already has gets 304, and one with another query another ETag', async () => {
  const { get } = drawing()
  const tags = await Promise.all(
    ['', 'format=png', 'size=300', 'margin=2', 'size=256&margin=4&format=svg'].map(
      async (query) => (await get(query)).headers?.etag,
    ),
  )
  expect(new Set(tags).size).toBe(4)
  expect(tags[4]).toBe(tags[0])
  const again = await get('', { headers: { 'if-none-match': String(tags[0]) } })
  expect([again.statusCode, again.body, again.headers?.['cache-control']]).toEqual([
    304,
    undefined,
    'private, max-age=86400',
  ])
})

test('a link in any state has an image', async () => {
  for (const link of [
    aLink({ blockedAt: '2026-01-01T00:00:00.000Z' }),
    aLink({ expiresAt: '2001-01-01T00:00:00.000Z' }),
  ])
    expect((await drawing(link).get()).statusCode).toBe(200)
})

test.each([
  ['a deleted link', { code: 'abc', deletedAt: '2026-01-01T00:00:00.000Z' }],
  ['another tenant’s link', aLink({ tenant: 'other' })],
])('%s gets 404', async (_, link) => {
  const { statusCode, body } = await drawing(link).get()
  expect([statusCode, JSON.parse(String(body)).code]).toEqual([404, 'not-found'])
})

test('a code that no link can have gets 404 without a read', async () => {
  const { get, reads } = drawing()
  expect((await get('', { params: { code: 'a b' } })).statusCode).toBe(404)
  expect(reads).toEqual([])
})

test.each([
  ['format=gif', 'format'],
  ['size=127', 'size'],
  ['size=1025', 'size'],
  ['size=', 'size'],
  ['size=1e3', 'size'],
  ['margin=17', 'margin'],
  ['margin=-1', 'margin'],
  ['margin=1.5', 'margin'],
  ['colour=red', 'colour'],
  ['size=200&size=300', 'size'],
])('the query %s gets 422 that names %s', async (query, path) => {
  const { statusCode, body } = await drawing().get(query)
  const { code, errors } = JSON.parse(String(body))
  expect([statusCode, code, errors.map((error: { path: string }) => error.path)]).toEqual([
    422,
    'invalid-input',
    [path],
  ])
})

test('the caller needs the scope and a tenant', async () => {
  const { get } = drawing()
  expect((await get('', { claims: { ...READER, scope: 'links:write' } })).statusCode).toBe(403)
  expect((await get('', { claims: { sub: 'user-1', scope: 'links:read' } })).statusCode).toBe(403)
})
