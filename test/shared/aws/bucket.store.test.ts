import { randomUUID } from 'node:crypto'
import { text } from 'node:stream/consumers'
import type { UploadForm } from '../../../functions/shared/aws/signed-urls.ts'
import { ownBucket, postForm } from '../../support/own-bucket.ts'

const files = await ownBucket()
const LIMITS = { type: 'text/plain', size: 5, expiresInSeconds: 300 }
const newKey = () => `acme/${randomUUID()}`

function post({ url, fields }: UploadForm, content: string, changes: Record<string, string> = {}): Promise<Response> {
  return postForm({ url, fields: { ...fields, ...changes } }, content)
}

test('an object that was written can be seen, read, and deleted', async () => {
  const key = newKey()
  await files.write(key, { body: Buffer.from('Grüße'), type: 'text/plain' })
  expect(await files.head(key)).toEqual({ size: 7, type: 'text/plain', etag: expect.stringMatching(/^".+"$/) })
  const found = await files.read(key)
  expect(found && (await text(found.body))).toBe('Grüße')
  await files.delete(key)
  expect(await files.head(key)).toBeUndefined()
})

test('a missing object is an outcome, and deleting it is none of its own', async () => {
  const key = newKey()
  expect(await files.head(key)).toBeUndefined()
  expect(await files.read(key)).toBeUndefined()
  await expect(files.delete(key)).resolves.toBeUndefined()
})

test('a form stores exactly what was announced, with its type', async () => {
  const key = newKey()
  const response = await post(await files.uploadForm(key, LIMITS), 'hello')
  expect(response.status).toBe(204)
  expect(await files.head(key)).toMatchObject({ size: 5, type: 'text/plain' })
})

test.each<[string, string, Record<string, string>]>([
  ['more than was announced', 'hello!', {}],
  ['less', 'hell', {}],
  ['another type', 'hello', { 'Content-Type': 'text/html' }],
  ['another key', 'hello', { key: 'acme/other' }],
])('a form refuses %s', async (_, content, changes) => {
  const key = newKey()
  const response = await post(await files.uploadForm(key, LIMITS), content, changes)
  expect([400, 403]).toContain(response.status)
  expect(await files.head(key)).toBeUndefined()
  expect(await files.head('acme/other')).toBeUndefined()
})

test('a URL for an upload stores what was announced, and refuses another size or type', async () => {
  const key = newKey()
  const url = await files.uploadUrl(key, LIMITS)
  const put = (body: string, type: string) => fetch(url, { method: 'PUT', body, headers: { 'content-type': type } })
  expect((await put('hello!', 'text/plain')).status).toBe(403)
  expect((await put('hello', 'text/html')).status).toBe(403)
  expect(await files.head(key)).toBeUndefined()
  expect((await put('hello', 'text/plain')).status).toBe(200)
  expect(await files.head(key)).toMatchObject({ size: 5, type: 'text/plain' })
})

test('a URL for a download says what a browser should do, by which name, and keeps the object out of caches', async () => {
  const key = newKey()
  await files.write(key, { body: Buffer.from('<script>'), type: 'text/html' })
  const fileName = 'Größe "a".html'
  const url = await files.downloadUrl(key, {
    type: 'application/octet-stream',
    disposition: 'attachment',
    fileName,
    expiresInSeconds: 60,
  })
  const response = await fetch(url)
  expect(await response.text()).toBe('<script>')
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'application/octet-stream',
    'content-disposition': `attachment; filename="Gr__e _a_.html"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%22a%22.html`,
    'cache-control': 'private, no-store',
  })
})

test('a URL can’t be changed to another object', async () => {
  const [key, other] = [newKey(), newKey()]
  await files.write(other, { body: Buffer.from('secret'), type: 'text/plain' })
  const options = { type: 'text/plain', disposition: 'inline', fileName: 'a', expiresInSeconds: 60 } as const
  const url = await files.downloadUrl(key, options)
  expect((await fetch(url.replace(key, other))).status).toBe(403)
})
