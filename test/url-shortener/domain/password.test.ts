import { randomBytes } from 'node:crypto'
import { hashPassword, isPassword } from '../../../functions/url-shortener/domain/password.ts'

const SALT = Buffer.from('00112233445566778899aabbccddeeff', 'hex')

test('a hash contains its parameters, with a cost of at least 32 MiB', async () => {
  const [name, N, r, p, salt, hash] = (await hashPassword('secret', randomBytes)).split('$')
  expect(name).toBe('scrypt')
  expect(Number(N)).toBeGreaterThanOrEqual(2 ** 15)
  expect([r, p]).toEqual(['8', '1'])
  expect(Buffer.from(salt ?? '', 'base64url')).toHaveLength(16)
  expect(Buffer.from(hash ?? '', 'base64url')).toHaveLength(32)
})

test('it is scrypt (RFC 7914), as another implementation computes it', async () => {
  expect(await hashPassword('correct horse battery staple', () => SALT)).toBe(
    'scrypt$32768$8$1$ABEiM0RVZneImaq7zN3u_w$7PBYNIqb_U_rzlChrpIF2icgeQ_M2uNkS_DtmMl0AwI',
  )
})

test('only the right password matches', async () => {
  const stored = await hashPassword('Geheim 1', randomBytes)
  expect(await isPassword('Geheim 1', stored)).toBe(true)
  for (const other of ['geheim 1', 'Geheim 1 ', 'Geheim', '']) {
    expect(await isPassword(other, stored)).toBe(false)
  }
})

test('the same password gets another hash each time', async () => {
  expect(await hashPassword('secret', randomBytes)).not.toBe(await hashPassword('secret', randomBytes))
})

test.each([
  ['composed and decomposed letters', 'Z\u00fcrich', 'Zu\u0308rich'],
  ['full width and usual digits', '\uff11\uff12', '12'],
  ['a ligature and its letters', '\ufb01n', 'fin'],
])('%s are the same password', async (_, one, other) => {
  expect(one).not.toBe(other)
  expect(await isPassword(other, await hashPassword(one, randomBytes))).toBe(true)
})

describe('a hash that was tampered with', () => {
  const parts = async () => (await hashPassword('secret', () => SALT)).split('$')

  test.each([
    ['another salt', 4, randomBytes(16).toString('base64url')],
    ['another hash', 5, randomBytes(32).toString('base64url')],
    ['a part of the hash', 5, randomBytes(4).toString('base64url')],
    ['no hash', 5, ''],
    ['a lower cost', 1, '2'],
  ])('with %s matches no password', async (_, index, value) => {
    const stored = (await parts()).with(index, value).join('$')
    expect(await isPassword('secret', stored)).toBe(false)
  })

  test.each([
    ['a cost that is none', 1, 'x'],
    ['a cost beyond all memory', 1, String(2 ** 30)],
  ])('with %s is an error, and not a mismatch', async (_, index, value) => {
    await expect(isPassword('secret', (await parts()).with(index, value).join('$'))).rejects.toMatchObject({
      name: 'RangeError',
    })
  })

  test('that is not a hash is an error, too', async () => {
    await expect(isPassword('', '')).rejects.toThrow()
  })
})
