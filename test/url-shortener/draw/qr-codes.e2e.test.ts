import { apiUrl } from '../../support/cloud.ts'
import { call } from '../../support/http.ts'
import { aClient } from '../a-client.ts'
import { pixelsOfPng, pixelsOfSvg, readQrCode } from './read-qr-code.ts'

const api = apiUrl('UrlShortener')

test('the image of a new link is read as its short URL, in both formats', async () => {
  const { create, bearer } = await aClient()
  const { code, shortUrl } = await create()
  const get = (query: string) =>
    fetch(`${api}/v1/links/${code}/qr${query}`, { headers: { authorization: `Bearer ${bearer}` } })

  const png = await get('?format=png&size=300')
  expect([png.status, png.headers.get('content-type')]).toEqual([200, 'image/png'])
  const pixels = pixelsOfPng(new Uint8Array(await png.arrayBuffer()))
  expect([readQrCode(pixels), pixels.size]).toEqual([shortUrl, 300])

  const svg = await get('')
  expect([svg.headers.get('content-type'), svg.headers.get('cache-control')]).toEqual([
    'image/svg+xml',
    'private, max-age=86400',
  ])
  expect(readQrCode(pixelsOfSvg(await svg.text()))).toBe(shortUrl)
})

test('an image that the client already has gets 304', async () => {
  const { create, send } = await aClient()
  const { code } = await create()
  const etag = (await send(`/v1/links/${code}/qr`)).headers.get('etag') ?? ''
  expect(etag).toMatch(/^"[\w-]+"$/)
  const { status, text } = await send(`/v1/links/${code}/qr`, { headers: { 'if-none-match': etag } })
  expect([status, text]).toEqual([304, ''])
})

test('a deleted link, and another tenant’s, have no image', async () => {
  const { create, send, remove } = await aClient()
  const { code } = await create()
  expect((await (await aClient()).send(`/v1/links/${code}/qr`)).status).toBe(404)
  await remove(code)
  expect((await send(`/v1/links/${code}/qr`)).json.code).toBe('not-found')
})

test('an image needs a token and the scope', async () => {
  const { create } = await aClient()
  const { code } = await create()
  expect((await call(`${api}/v1/links/${code}/qr`)).status).toBe(401)
  expect((await (await aClient({ scope: 'links:write' })).send(`/v1/links/${code}/qr`)).status).toBe(403)
})
