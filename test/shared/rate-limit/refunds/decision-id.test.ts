import { createPrivateKey, randomBytes, sign as signData } from 'node:crypto'
import fc from 'fast-check'
import type { Charge } from '../../../../functions/shared/rate-limit/policy.ts'
import {
  createSignDecision,
  createVerifyDecision,
} from '../../../../functions/shared/rate-limit/refunds/decision-id.ts'
import { createDecisionKey } from '../../../../functions/shared/rate-limit/refunds/decision-key.ts'
import { clientOf } from '../../../support/fake-dynamodb.ts'

const CHARGE: Charge = { pk: 'Q#writes#org:7', sk: 'quota', attribute: 'm_28937', cost: 3, until: 1_700_000_060_000 }

const newKey = () => createDecisionKey({ client: clientOf(async () => ({})), tableName: 'limits', now: () => 0 })
const key = newKey()
const sign = createSignDecision({ key, randomBytes })
const verify = createVerifyDecision({ isKnown: async (publicKey) => publicKey.equals(key.publicKey) })

const charge: fc.Arbitrary<Charge> = fc.record(
  {
    pk: fc.string({ unit: 'binary', maxLength: 200 }),
    sk: fc.string(),
    attribute: fc.string(),
    cost: fc.nat(),
    until: fc.nat(),
    amount: fc.bigInt({ min: 0n, max: 10n ** 30n }).map(String),
  },
  { requiredKeys: ['pk', 'sk', 'attribute', 'cost', 'until'], noNullPrototype: true },
)

test('what was charged comes back', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(charge, { maxLength: 2 }), async (charges) => {
      expect((await verify(sign(charges)))?.charges).toStrictEqual(charges)
    }),
  )
})

test('two decisions never have the same id', async () => {
  const ids = [sign([CHARGE]), sign([CHARGE])]
  const [first, second] = await Promise.all(ids.map((id) => verify(id)))
  expect(first?.nonce).toHaveLength(16)
  expect(first?.nonce).not.toBe(second?.nonce)
  expect((await verify(ids[0] ?? ''))?.nonce).toBe(first?.nonce)
})

test('a decision that is signed again stays the same decision', async () => {
  const charges = [CHARGE]
  expect(await verify(sign(charges))).toEqual(await verify(sign(charges)))
})

test('an id is good if its key is known, whichever environment signed it', async () => {
  const id = createSignDecision({ key: newKey(), randomBytes })([CHARGE])
  expect(await verify(id)).toBeUndefined()
  expect(await createVerifyDecision({ isKnown: async () => true })(id)).toMatchObject({ charges: [CHARGE] })
})

test('a known key that signed nothing of it makes no id good', async () => {
  const forged = createSignDecision({ key: { publicKey: key.publicKey, sign: newKey().sign }, randomBytes })
  expect(await verify(forged([CHARGE]))).toBeUndefined()
})

test('any changed bit is noticed', async () => {
  const isKnown = async () => true
  const bytes = Buffer.from(sign([CHARGE]), 'base64url')
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const changed = Buffer.from(bytes)
    changed[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    expect(await createVerifyDecision({ isKnown })(changed.toString('base64url'))).toBeUndefined()
  }
})

test('what was cut or lengthened anywhere is noticed', async () => {
  const id = sign([CHARGE])
  for (let length = 0; length < id.length; length++) expect(await verify(id.slice(0, length))).toBeUndefined()
  for (const more of ['A', '=', ' ', 'AAAA']) expect(await verify(id + more)).toBeUndefined()
})

test('what is too long is not looked at, however well it is signed', async () => {
  const idOf = (length: number) => sign([{ ...CHARGE, pk: 'p'.repeat(length) }])
  const rest = Buffer.from(idOf(0), 'base64url').length
  const [longest, tooLong] = [idOf(12_288 - rest), idOf(12_288 - rest + 1)]
  expect(longest).toHaveLength(16_384)
  expect(await verify(longest)).toBeDefined()
  expect(await verify(tooLong)).toBeUndefined()
})

test('the table is asked only for the key of an id that is signed by it', async () => {
  const asked: Buffer[] = []
  const counting = createVerifyDecision({
    isKnown: async (publicKey) => {
      asked.push(publicKey)
      return false
    },
  })
  const bytes = Buffer.from(sign([CHARGE]), 'base64url')
  await counting(bytes.subarray(0, -1).toString('base64url'))
  await counting('')
  expect(asked).toEqual([])
  await counting(bytes.toString('base64url'))
  expect(asked).toEqual([key.publicKey])
})

test.each([
  ['of three bytes each', '€'.repeat(85)],
  ['that JSON escapes', '"'.repeat(256)],
  ['that JSON writes as six', '\u0001'.repeat(256)],
])('the longest subjects of a policy and its four parents fit, in characters %s', async (_, subject) => {
  const pk = `Q7#${'p'.repeat(128)}#${subject}`
  const longest = { ...CHARGE, pk, cost: 10 ** 9, amount: '9'.repeat(30) }
  const charges = Array.from({ length: 5 }, () => longest)
  expect((await verify(sign(charges)))?.charges).toEqual(charges)
})

/** The first test vector of RFC 8032, section 7.1. */
const SECRET = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60'
const PUBLIC = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex')
const fixed = {
  publicKey: Buffer.from(PUBLIC, 'hex'),
  sign: (data: Buffer) =>
    signData(
      null,
      data,
      createPrivateKey({ key: Buffer.concat([PKCS8, Buffer.from(SECRET, 'hex')]), format: 'der', type: 'pkcs8' }),
    ),
}
/** Signed by OpenSSL's command. */
const FIXED =
  'AtdamAGCsQq31Uv-08lkBzoO4XLz2qYjJa8CGmj3B1EaBwcHBwcHBwcHBwcHW1siUSN3cml0ZXMjb3JnOjciLCJxdW90YSIsIm1fMjg5MzciLDMs' +
  'MTcwMDAwMDA2MDAwMF1dItf92GouyOqQ8MLyPYhz7jvM5urdydw1r_FG36ZAFQf9xdgqsXXC0SFB4C-lh2TnCbUeGMk3HlYqvZ6WLQPGCQ'

test('the layout is fixed', () => {
  const signFixed = createSignDecision({ key: fixed, randomBytes: (count) => new Uint8Array(count).fill(7) })
  expect(signFixed([CHARGE])).toBe(FIXED)
})

test('an id has one spelling', async () => {
  const isKnown = async (publicKey: Buffer) => publicKey.equals(fixed.publicKey)
  const verifyFixed = createVerifyDecision({ isKnown })
  expect(await verifyFixed(FIXED)).toEqual({ nonce: 'BwcHBwcHBwcHBwcH', charges: [CHARGE] })
  expect(await verifyFixed(FIXED.replaceAll('-', '+').replaceAll('_', '/'))).toBeUndefined()
})

test('a layout that is not ours is not read, however well it is signed', async () => {
  const signedAs = (format: number) => {
    const data = Buffer.from(sign([CHARGE]), 'base64url').subarray(0, -64)
    data[0] = format
    return Buffer.concat([data, key.sign(data)]).toString('base64url')
  }
  expect(await verify(signedAs(2))).toBeDefined()
  expect(await verify(signedAs(1))).toBeUndefined()
})

test('the key is looked for with the signal', async () => {
  const { signal } = new AbortController()
  const signals: unknown[] = []
  const isKnown = async (_: Buffer, given?: AbortSignal) => signals.push(given) > 0
  await createVerifyDecision({ isKnown })(sign([]), signal)
  expect(signals).toEqual([signal])
})
