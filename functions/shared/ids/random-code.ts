import type { RandomBytes } from '../clock.ts'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/**
 * The largest multiple of 62 that fits in a byte: bytes from here on are discarded, so that no character is favoured.
 */
const UNBIASED_LIMIT = 256 - (256 % ALPHABET.length)

/** Returns a random base62 code of `length` characters, each equally likely (62^7 is 3.5e12 codes, 41.7 bits). */
export function randomCode(length: number, randomBytes: RandomBytes): string {
  let code = ''
  while (code.length < length) {
    for (const byte of randomBytes(length - code.length)) {
      if (byte < UNBIASED_LIMIT) code += ALPHABET.charAt(byte % ALPHABET.length)
    }
  }
  return code
}
