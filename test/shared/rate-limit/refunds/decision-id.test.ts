import { createHmac, hkdfSync, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import type { Charge } from '../../../../functions/shared/rate-limit/policy.ts'
import { createDecisionIds } from '../../../../functions/shared/rate-limit/refunds/decision-id.ts'
import type { Key, Keys } from '../../../../functions/shared/secrets/secrets.ts'

const OLDEST: Key = { id: 'version-0', secret: 'oldest-secret-of-32-characters-!' }
const OLD: Key = { id: 'version-1', secret: 'old-secret-of-32-characters-here' }
const NEW: Key = { id: 'version-2', secret: 'new-secret-of-32-characters-here' }
const CHARGE: Charge = { pk: 'Q#writes#org:7', sk: 'quota', attribute: 'm_28937', cost: 3, until: 1_700_000_060_000 }

/** Keys in the order of their age, the newest last. */
const idsOf = (...keys: [Key, ...Key[]]) =>
  createDecisionIds({
    keys: {
      signingKey: async () => keys.at(-1) ?? keys[0],
      verifyingKey: async (id) => keys.find((key) => key.id === id),
    } satisfies Keys,
    randomBytes,
  })
const { sign, verify } = idsOf(OLD, NEW)

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
      expect((await verify(await sign(charges)))?.charges).toStrictEqual(charges)
    }),
  )
})

test('two decisions never have the same id', async () => {
  const ids = await Promise.all([sign([CHARGE]), sign([CHARGE])])
  const [first, second] = await Promise.all(ids.map((id) => verify(id)))
  expect(first?.nonce).toHaveLength(16)
  expect(first?.nonce).not.toBe(second?.nonce)
  expect((await verify(ids[0] ?? ''))?.nonce).toBe(first?.nonce)
})

test('a decision that is signed again stays the same decision, whichever key signs', async () => {
  const charges = [CHARGE]
  const [first, second] = [await verify(await sign(charges)), await verify(await idsOf(OLD).sign(charges))]
  expect(second).toEqual(first)
})

test('the newest key signs, and the one before verifies: an id lives for a rotation', async () => {
  const id = await sign([CHARGE])
  expect(await idsOf(NEW).verify(id)).toBeDefined()
  expect(await verify(await idsOf(OLDEST, OLD).sign([CHARGE]))).toBeDefined()
  expect(await verify(await idsOf(OLDEST).sign([CHARGE]))).toBeUndefined()
  expect(await idsOf({ ...NEW, secret: OLD.secret }).verify(id)).toBeUndefined()
})

test('any changed bit is noticed', async () => {
  const bytes = Buffer.from(await sign([CHARGE]), 'base64url')
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const changed = Buffer.from(bytes)
    changed[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    expect(await verify(changed.toString('base64url'))).toBeUndefined()
  }
})

test('what was cut or lengthened anywhere is noticed', async () => {
  const id = await sign([CHARGE])
  for (let length = 0; length < id.length; length++) expect(await verify(id.slice(0, length))).toBeUndefined()
  for (const more of ['A', '=', ' ', 'AAAA']) expect(await verify(id + more)).toBeUndefined()
})

test('what is too long is not looked at, however well it is signed', async () => {
  const idOf = (length: number) => sign([{ ...CHARGE, pk: 'p'.repeat(length) }])
  const rest = Buffer.from(await idOf(0), 'base64url').length
  const [longest, tooLong] = await Promise.all([idOf(12_288 - rest), idOf(12_288 - rest + 1)])
  expect(longest).toHaveLength(16_384)
  expect(await verify(longest)).toBeDefined()
  expect(await verify(tooLong)).toBeUndefined()
})

test('what is too short has no key that could be asked for', async () => {
  let asked = 0
  const verifyingKey = async () => {
    asked += 1
    return undefined
  }
  const ids = createDecisionIds({ keys: { signingKey: async () => NEW, verifyingKey }, randomBytes })
  const least = Buffer.from([1, 0, ...Buffer.alloc(12 + 32)])
  expect(await ids.verify(least.subarray(0, -1).toString('base64url'))).toBeUndefined()
  expect(asked).toBe(0)
  expect(await ids.verify(least.toString('base64url'))).toBeUndefined()
  expect(asked).toBe(1)
})

test('a layout that is not ours is not read, however well it is signed', async () => {
  const signed = (format: number) => {
    const bytes = Buffer.from(FIXED, 'base64url').subarray(0, -32)
    bytes[0] = format
    const key = Buffer.from(hkdfSync('sha256', NEW.secret, '', 'stackyard/decision-id', 32))
    const tag = createHmac('sha256', key).update(bytes).digest()
    return Buffer.concat([bytes, tag]).toString('base64url')
  }
  expect(await verify(signed(1))).toBeDefined()
  expect(await verify(signed(2))).toBeUndefined()
})

test.each([
  ['of three bytes each', '€'.repeat(85)],
  ['that JSON escapes', '"'.repeat(256)],
  ['that JSON writes as six', '\u0001'.repeat(256)],
])('the longest subjects of a policy and its four parents fit, in characters %s', async (_, subject) => {
  const pk = `Q7#${'p'.repeat(128)}#${subject}`
  const longest = { ...CHARGE, pk, cost: 10 ** 9, amount: '9'.repeat(30) }
  const charges = Array.from({ length: 5 }, () => longest)
  const key = { id: 'k'.repeat(255), secret: NEW.secret }
  const ids = idsOf(key)
  expect((await ids.verify(await ids.sign(charges)))?.charges).toEqual(charges)
})

/** Computed by another program, from HKDF's and HMAC's definitions. */
const FIXED =
  'AQl2ZXJzaW9uLTIHBwcHBwcHBwcHBwdbWyJRI3dyaXRlcyNvcmc6NyIsInF1b3RhIiwibV8yODkzNyIsMywxNzAwMDAwMDYwMDAwXV1LD8O_PJ5z3sSR' +
  'F_GzbtbAiaR-VlzF-f0F-UQX3_y7-Q'

test('the layout is fixed', async () => {
  const ids = createDecisionIds({
    keys: { signingKey: async () => NEW, verifyingKey: async () => NEW },
    randomBytes: (count) => new Uint8Array(count).fill(7),
  })
  expect(await ids.sign([CHARGE])).toBe(FIXED)
})

test('an id has one spelling', async () => {
  expect(await verify(FIXED)).toEqual({ nonce: 'BwcHBwcHBwcHBwcH', charges: [CHARGE] })
  expect(await verify(FIXED.replaceAll('-', '+').replaceAll('_', '/'))).toBeUndefined()
})

test('the keys are asked with the signal', async () => {
  const { signal } = new AbortController()
  const signals: unknown[] = []
  const keep = async (given?: AbortSignal) => {
    signals.push(given)
    return NEW
  }
  const ids = createDecisionIds({ keys: { signingKey: keep, verifyingKey: (_, given) => keep(given) }, randomBytes })
  await ids.verify(await ids.sign([], signal), signal)
  expect(signals).toEqual([signal, signal])
})
