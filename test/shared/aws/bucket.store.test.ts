import { randomUUID } from 'node:crypto'
import { text } from 'node:stream/consumers'
import { CreateBucketCommand, DeleteBucketCommand } from '@aws-sdk/client-s3'
import { createBucket } from '../../../functions/shared/aws/bucket.ts'
import { createS3 } from '../../../functions/shared/aws/s3.ts'
import { createSigner, type UploadForm } from '../../../functions/shared/aws/signed-urls.ts'
import { setFunctionEnvironment } from '../../support/cloud.ts'

setFunctionEnvironment()
const s3 = createS3({ now: Date.now, random: Math.random, tryMs: 20_000 })
const name = `test-${randomUUID()}`
const bucket = createBucket(s3, name)
const signer = createSigner(s3, name)
const LIMITS = { type: 'text/plain', size: 5, expiresInSeconds: 300 }
const used: string[] = []

beforeAll(() => s3.send(new CreateBucketCommand({ Bucket: name })))
afterAll(async () => {
  for (const key of used) await bucket.delete(key)
  await s3.send(new DeleteBucketCommand({ Bucket: name }))
})

function newKey(): string {
  const key = `acme/${randomUUID()}`
  used.push(key)
  return key
}

function post({ url, fields }: UploadForm, content: string, changes: Record<string, string> = {}): Promise<Response> {
  const form = new FormData()
  for (const [field, value] of Object.entries({ ...fields, ...changes })) form.append(field, value)
  form.append('file', new Blob([content]))
  return fetch(url, { method: 'POST', body: form })
}

test('an object that was written can be seen, read, and deleted', async () => {
  const key = newKey()
  await bucket.write(key, { body: Buffer.from('Grüße'), type: 'text/plain' })
  expect(await bucket.head(key)).toEqual({ size: 7, type: 'text/plain', etag: expect.stringMatching(/^".+"$/) })
  const found = await bucket.read(key)
  expect(found && (await text(found.body))).toBe('Grüße')
  await bucket.delete(key)
  expect(await bucket.head(key)).toBeUndefined()
})

test('a missing object is an outcome, and deleting it is none of its own', async () => {
  const key = newKey()
  expect(await bucket.head(key)).toBeUndefined()
  expect(await bucket.read(key)).toBeUndefined()
  await expect(bucket.delete(key)).resolves.toBeUndefined()
})

test('a form stores exactly what was announced, with its type', async () => {
  const key = newKey()
  const response = await post(await signer.uploadForm(key, LIMITS), 'hello')
  expect(response.status).toBe(204)
  expect(await bucket.head(key)).toMatchObject({ size: 5, type: 'text/plain' })
})

test.each<[string, string, Record<string, string>]>([
  ['more than was announced', 'hello!', {}],
  ['less', 'hell', {}],
  ['another type', 'hello', { 'Content-Type': 'text/html' }],
  ['another key', 'hello', { key: 'acme/other' }],
])('a form refuses %s', async (_, content, changes) => {
  const key = newKey()
  const response = await post(await signer.uploadForm(key, LIMITS), content, changes)
  expect([400, 403]).toContain(response.status)
  expect(await bucket.head(key)).toBeUndefined()
  expect(await bucket.head('acme/other')).toBeUndefined()
})

test('a URL for an upload stores what was announced, and refuses another size or type', async () => {
  const key = newKey()
  const url = await signer.uploadUrl(key, LIMITS)
  const put = (body: string, type: string) => fetch(url, { method: 'PUT', body, headers: { 'content-type': type } })
  expect((await put('hello!', 'text/plain')).status).toBe(403)
  expect((await put('hello', 'text/html')).status).toBe(403)
  expect(await bucket.head(key)).toBeUndefined()
  expect((await put('hello', 'text/plain')).status).toBe(200)
  expect(await bucket.head(key)).toMatchObject({ size: 5, type: 'text/plain' })
})

test('a URL for a download says what a browser should do, by which name, and keeps the object out of caches', async () => {
  const key = newKey()
  await bucket.write(key, { body: Buffer.from('<script>'), type: 'text/html' })
  const fileName = 'Größe "a".html'
  const url = await signer.downloadUrl(key, {
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
  await bucket.write(other, { body: Buffer.from('secret'), type: 'text/plain' })
  const options = { type: 'text/plain', disposition: 'inline', fileName: 'a', expiresInSeconds: 60 } as const
  const url = await signer.downloadUrl(key, options)
  expect((await fetch(url.replace(key, other))).status).toBe(403)
})
