import { createHash } from 'node:crypto'
import { randomCode } from '../../shared/ids/random-code.ts'

/** Characters of a generated code: 62^7 is 3.5e12, so that a code in use is met rarely, and guessed hardly. */
export const CODE_LENGTH = 7

/**
 * Words that a route of the API, a browser or a crawler uses as a first path segment. A test compares them with the
 * stack's routes.
 */
export const RESERVED_CODES: ReadonlySet<string> = new Set(['.well-known', 'favicon.ico', 'health', 'robots.txt', 'v1'])

/** Of aliases and generated codes. */
export const CODE_PATTERN = '[A-Za-z0-9_-]{3,64}'

const CODE = new RegExp(`^${CODE_PATTERN}$`)

/** Whether `code` may be an alias or a generated code, reserved words apart. */
export function isCode(code: string): boolean {
  return CODE.test(code)
}

/** Whether there can be a link with this code: nobody needs to look for another. */
export function mayHaveLink(code: string): boolean {
  return isCode(code) && !RESERVED_CODES.has(code)
}

/**
 * The code of an operation's attempt: random to everybody else, because operation ids are, and the same each time, so
 * that an operation that is repeated meets what it made before.
 */
export function codeFor(operationId: string, attempt: number): string {
  let block = 0
  return randomCode(CODE_LENGTH, (count) =>
    createHash('sha256').update(`${operationId}:${attempt}:${block++}`).digest().subarray(0, count),
  )
}
