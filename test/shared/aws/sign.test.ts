import { createHash, createHmac } from 'node:crypto'
import { SignatureV4 } from '@smithy/signature-v4'
import fc from 'fast-check'
import { createSigner } from '../../../functions/shared/aws/sign.ts'

/** What the SDK's signer asks of a hash. */
class Sha256 {
  readonly hash

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', Buffer.from(secret as string))
  }

  update(data: Uint8Array) {
    this.hash.update(data)
  }

  async digest(): Promise<Uint8Array> {
    return this.hash.digest()
  }

  reset() {}
}

/** Lower-case hosts, headers without spaces around their values, any body: what a call may be. */
const word = fc.stringMatching(/^[A-Za-z0-9/+=._-]{1,40}$/)
const call = fc.record({
  service: fc.constantFrom('dynamodb', 'sqs', 'events', 'secretsmanager'),
  region: fc.constantFrom('eu-central-1', 'us-gov-west-1', 'cn-north-1'),
  credentials: fc.record(
    { accessKeyId: word, secretAccessKey: word, sessionToken: word },
    { requiredKeys: ['accessKeyId', 'secretAccessKey'] },
  ),
  headers: fc.record({
    host: fc.constantFrom('dynamodb.eu-central-1.amazonaws.com', '127.0.0.1:4566'),
    'x-amz-target': word,
  }),
  body: fc.string({ unit: 'binary' }),
  now: fc.integer({ min: 0, max: Date.UTC(2100, 0) }),
})

test('signs any call as the SDK’s own signer does', async () => {
  await fc.assert(
    fc.asyncProperty(call, async ({ service, region, credentials, headers, body, now }) => {
      const theirs = await new SignatureV4({ service, region, credentials, sha256: Sha256, applyChecksum: false }).sign(
        { method: 'POST', protocol: 'https:', hostname: 'a-host', path: '/', query: {}, headers: { ...headers }, body },
        { signingDate: new Date(now) },
      )
      expect(createSigner({ service, region, credentials })({ headers, body }, now)).toEqual(theirs.headers)
    }),
  )
})

test('one signer signs each day with the key of that day', () => {
  const options = { service: 'sqs', region: 'eu-central-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } }
  const request = { headers: { host: 'a-host' }, body: '{}' }
  const sign = createSigner(options)
  const [evening, morning] = [Date.UTC(2026, 2, 12, 23, 59), Date.UTC(2026, 2, 13)]
  for (const now of [evening, evening + 1000, morning]) {
    expect(sign(request, now)).toEqual(createSigner(options)(request, now))
  }
})
