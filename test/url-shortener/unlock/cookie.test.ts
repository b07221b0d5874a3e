import fc from 'fast-check'
import { AppError } from '../../../functions/shared/errors.ts'
import type { Key, Keys } from '../../../functions/shared/secrets/secrets.ts'
import { createUnlockCookies, unlockCookieHeader } from '../../../functions/url-shortener/unlock/cookie.ts'

const OLD: Key = { id: '3f0c5a1e-0000-4000-8000-00000000000a', secret: 'old-secret-of-32-characters-here' }
const NEW: Key = { id: '3f0c5a1e-0000-4000-8000-00000000000b', secret: 'new-secret-of-32-characters-here' }
const LINK = { code: 'abc1234', passwordId: 'password-1' }
const DOWN = new AppError('dependency-failed', 'Secrets Manager is down', { retryable: true })
const { signal } = new AbortController()

/** The keys in the order of their age, the newest last. */
function keysOf(...keys: [Key, ...Key[]]): Keys {
  return {
    signingKey: async () => keys.at(-1) ?? keys[0],
    verifyingKey: async (id) => keys.find((key) => key.id === id),
  }
}

/** Creates functions that issue and verify, with a clock that the test sets. */
function desk(keys: Keys = keysOf(OLD, NEW)) {
  const clock = { ms: 1_800_000_000_000 }
  const { issue, isValid } = createUnlockCookies({ keys, now: () => clock.ms })
  return {
    clock,
    issue: (link = LINK) => issue(link, signal),
    unlocks: (values: string[], link = LINK) =>
      isValid(
        values.map((value) => `unlock=${value}`),
        link,
        signal,
      ),
    isValid,
  }
}

const id = fc.string({ minLength: 1, unit: 'binary' })
const link = fc.record({ code: id, passwordId: id })

test('a cookie unlocks the link with the password that it was issued for', async () => {
  const { issue, unlocks } = desk()
  await fc.assert(
    fc.asyncProperty(link, async (each) => {
      expect(await unlocks([await issue(each)], each)).toBe(true)
    }),
  )
})

test.each(['code', 'passwordId'] as const)('it unlocks nothing with another %s', async (part) => {
  const { issue, unlocks } = desk()
  await fc.assert(
    fc.asyncProperty(link, id, async (issued, other) => {
      fc.pre(issued[part] !== other)
      expect(await unlocks([await issue(issued)], { ...issued, [part]: other })).toBe(false)
    }),
  )
})

test('parts of the code can’t be moved into the password’s id', async () => {
  const { issue, unlocks } = desk()
  expect(await unlocks([await issue({ code: 'ab', passwordId: 'c' })], { code: 'a', passwordId: 'bc' })).toBe(false)
})

test('it expires after ten minutes', async () => {
  const { clock, issue, unlocks } = desk()
  const value = await issue()
  clock.ms += 599_999
  expect(await unlocks([value])).toBe(true)
  clock.ms += 1
  expect(await unlocks([value])).toBe(false)
})

test('its expiry can’t be extended', async () => {
  const { clock, issue, unlocks } = desk()
  const [keyId, endsAt, mac] = (await issue()).split('.')
  clock.ms += 3_600_000
  expect(await unlocks([`${keyId}.${Number(endsAt) + 7200}.${mac}`])).toBe(false)
})

test('a changed character makes it invalid, wherever it is', async () => {
  const { issue, unlocks } = desk()
  const value = await issue()
  const replaced = fc.record({ at: fc.nat(value.length - 1), by: fc.constantFrom(...'0123456789abcXYZ-_.=') })
  await fc.assert(
    fc.asyncProperty(replaced, async ({ at, by }) => {
      fc.pre(value[at] !== by)
      expect(await unlocks([value.slice(0, at) + by + value.slice(at + 1)])).toBe(false)
    }),
    { numRuns: 500 },
  )
})

test('the last character has no equivalent', async () => {
  const { issue, unlocks } = desk()
  const value = await issue()
  const mac = Buffer.from(value.slice(-43), 'base64url')
  const same = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_']
    .map((last) => value.slice(0, -1) + last)
    .filter((other) => other !== value && Buffer.from(other.slice(-43), 'base64url').equals(mac))
  expect(same).toHaveLength(3)
  for (const other of same) expect(await unlocks([other])).toBe(false)
})

test('both current keys verify, the newest signs, and a removed one verifies nothing', async () => {
  const before = await desk(keysOf(OLD)).issue()
  const after = await desk(keysOf(OLD, NEW)).issue()
  expect(after.startsWith(`${NEW.id}.`)).toBe(true)
  expect(await desk(keysOf(OLD, NEW)).unlocks([before])).toBe(true)
  expect(await desk(keysOf(NEW)).unlocks([before])).toBe(false)
  expect(await desk(keysOf({ ...NEW, secret: OLD.secret })).unlocks([after])).toBe(false)
})

test.each([
  '',
  'x',
  '..',
  'a.b.c',
  `${NEW.id}.99999999999.`,
  `${NEW.id}.Infinity.${'A'.repeat(43)}`,
  `.99999999999.${'A'.repeat(43)}`,
])('an invalid value is refused: %j', async (value) => {
  expect(await desk().unlocks([value])).toBe(false)
})

test('any text is refused without an error', async () => {
  const { unlocks } = desk()
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), async (value) => {
      expect(await unlocks([value])).toBe(false)
    }),
  )
})

test('one valid cookie among several is enough, in any position', async () => {
  const { issue, unlocks, isValid } = desk()
  const [mine, other] = [await issue(), await issue({ ...LINK, code: 'other12' })]
  expect(await unlocks([other, 'x', mine])).toBe(true)
  expect(await unlocks([mine, other])).toBe(true)
  expect(await unlocks([other, 'x'])).toBe(false)
  expect(await isValid([`session=${mine}`, `unlock2=${mine}`, `unlock=${mine}`], LINK, signal)).toBe(true)
  expect(await isValid([`session=${mine}`, `unlock2=${mine}`, `Unlock=${mine}`, mine], LINK, signal)).toBe(false)
  expect(await isValid([], LINK, signal)).toBe(false)
})

describe('while a key can’t be read', () => {
  const keys: Keys = {
    signingKey: async () => NEW,
    verifyingKey: async (keyId) => {
      if (keyId === NEW.id) return NEW
      throw DOWN
    },
  }

  test('a cookie that it signed is neither accepted nor refused', async () => {
    const unknown = await desk(keysOf(OLD)).issue()
    await expect(desk(keys).unlocks([unknown])).rejects.toBe(DOWN)
  })

  test('a cookie of a known key is accepted beside one of an unknown key', async () => {
    const { issue, unlocks } = desk(keys)
    const unknown = await desk(keysOf(OLD)).issue()
    expect(await unlocks([unknown, await issue()])).toBe(true)
  })

  test('an expired cookie needs no key', async () => {
    const ended = await desk(keysOf(OLD)).issue()
    const { clock, unlocks } = desk(keys)
    clock.ms += 600_000
    expect(await unlocks([ended])).toBe(false)
  })
})

test.each([
  ['https://go.example', '/abc1234'],
  ['https://example.com/go', '/go/abc1234'],
  ['https://example.com/a/b/', '/a/b/abc1234'],
])('the cookie of a link at %s is for the path %s alone, and hidden from scripts', (publicUrl, path) => {
  expect(unlockCookieHeader('value', { code: 'abc1234', publicUrl })).toBe(
    `unlock=value; Max-Age=600; Path=${path}; Secure; HttpOnly; SameSite=Lax`,
  )
})
