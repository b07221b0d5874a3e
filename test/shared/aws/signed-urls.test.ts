import { createS3 } from '../../../functions/shared/aws/s3.ts'
import { createSigner } from '../../../functions/shared/aws/signed-urls.ts'

const saved = { ...process.env }
afterEach(() => {
  process.env = { ...saved }
})

function signerIn(environment: Record<string, string> = {}) {
  process.env = {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_SESSION_TOKEN: 'the-token',
    ...environment,
  }
  return createSigner(createS3({ now: Date.now, random: () => 0 }), 'a-bucket')
}

const upload = { type: 'image/png', size: 5, expiresInSeconds: 600 }
const download = { type: 'image/png', disposition: 'inline', fileName: 'a.png', expiresInSeconds: 60 } as const

test('on AWS a URL has the host name of the bucket in its region, and the token of the role', async () => {
  const url = new URL(await signerIn().downloadUrl('acme/a', download))
  expect(`${url.origin}${url.pathname}`).toBe('https://a-bucket.s3.eu-west-1.amazonaws.com/acme/a')
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    'X-Amz-Expires': '60',
    'X-Amz-Security-Token': 'the-token',
    'X-Amz-SignedHeaders': 'host',
    'response-content-type': 'image/png',
  })
})

test('in another partition it has that partition’s suffix', async () => {
  const signer = signerIn({ AWS_REGION: 'cn-north-1', URL_SUFFIX: 'amazonaws.com.cn' })
  expect((await signer.uploadForm('acme/a', upload)).url).toBe('https://a-bucket.s3.cn-north-1.amazonaws.com.cn/')
})

test('at another endpoint the bucket is a part of the path, because its host name would not resolve', async () => {
  const signer = signerIn({ AWS_ENDPOINT_URL: 'http://localhost:4566' })
  expect((await signer.uploadForm('acme/a', upload)).url).toBe('http://localhost:4566/a-bucket')
  expect(await signer.downloadUrl('acme/a', download)).toMatch(/^http:\/\/localhost:4566\/a-bucket\/acme\/a\?/)
})

test('a URL for an upload signs its type and size, and no checksum of an empty body', async () => {
  const { searchParams } = new URL(await signerIn().uploadUrl('acme/a', upload))
  expect(searchParams.get('X-Amz-SignedHeaders')).toBe('content-length;content-type;host')
  expect([...searchParams.keys()].filter((name) => /checksum/i.test(name))).toEqual([])
})

test('a form signs its key, its type and its exact size', async () => {
  const { fields } = await signerIn().uploadForm('acme/a', upload)
  expect(fields).toMatchObject({ key: 'acme/a', 'Content-Type': 'image/png', 'X-Amz-Security-Token': 'the-token' })
  const { conditions } = JSON.parse(Buffer.from(fields.Policy ?? '', 'base64').toString())
  expect(conditions).toEqual(
    expect.arrayContaining([['content-length-range', 5, 5], { key: 'acme/a' }, { 'Content-Type': 'image/png' }]),
  )
})

test('an upload URL fixes type and size only if they are given', async () => {
  const signer = signerIn()
  const signedBy = async (options: Parameters<typeof signer.uploadUrl>[1]) =>
    new URL(await signer.uploadUrl('acme/a', options)).searchParams.get('X-Amz-SignedHeaders')
  expect(await signedBy(upload)).toBe('content-length;content-type;host')
  expect(await signedBy({ expiresInSeconds: 60 })).toBe('host')
})
