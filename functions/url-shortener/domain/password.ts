import { scrypt as scryptCallback, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const scrypt: (password: string, salt: Buffer, length: number, options: object) => Promise<Buffer> =
  promisify(scryptCallback)

/**
 * 32 MiB. OWASP's Password Storage Cheat Sheet recommends three such passes (p = 3); here one is enough, because
 * attempts are limited.
 */
const COST = { N: 2 ** 15, r: 8, p: 1 }
/** The limit in Unicode code points. */
export const MAX_PASSWORD_LENGTH = 256
const HASH_BYTES = 32
const SALT_BYTES = 16
/** Node's default limit is 32 MiB; the cost needs that and a little more. */
const MAX_MEMORY = 64 * 1024 * 1024

/**
 * Hashes a password to a text with the parameters: `scrypt$32768$8$1$<salt>$<hash>`. It takes a tenth of a second of
 * one core.
 */
export async function hashPassword(password: string, randomBytes: (size: number) => Buffer): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  const hash = await derive(password, salt, COST)
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), hash.toString('base64url')].join('$')
}

/** Compares a password with a stored hash in constant time. */
export async function isPassword(password: string, stored: string): Promise<boolean> {
  const [, N, r, p, salt = '', hash = ''] = stored.split('$')
  const expected = Buffer.from(hash, 'base64url')
  const actual = await derive(password, Buffer.from(salt, 'base64url'), { N: Number(N), r: Number(r), p: Number(p) })
  return expected.length === actual.length && timingSafeEqual(expected, actual)
}

/** Normalises the password first, because keyboards send the same letters composed or decomposed. */
function derive(password: string, salt: Buffer, cost: typeof COST): Promise<Buffer> {
  return scrypt(password.normalize('NFKC'), salt, HASH_BYTES, { ...cost, maxmem: MAX_MEMORY })
}
