import { createHash } from 'node:crypto'
import { randomCode } from '../../shared/ids/random-code.ts'

/**
 * Characters of a generated code: of 62^7 codes, 3.5e12, few are in use, so that a new one rarely collides and one is
 * hard to guess.
 */
export const CODE_LENGTH = 7

/**
 * Words that a route of the API, a browser or a crawler uses as a first path segment. A test compares them with the
 * stack's routes.
 */
export const RESERVED_CODES: ReadonlySet<string> = new Set(['.well-known', 'favicon.ico', 'health', 'robots.txt', 'v1'])

/** The pattern of aliases and generated codes. */
export const CODE_PATTERN = '[A-Za-z0-9_-]{3,64}'

const CODE = new RegExp(`^${CODE_PATTERN}$`)

/** Whether `code` may be an alias or a generated code, reserved words apart. */
export function isCode(code: string): boolean {
  return CODE.test(code)
}

/** Whether there can be a link with this code: no read is needed for any other. */
export function mayHaveLink(code: string): boolean {
  return isCode(code) && !RESERVED_CODES.has(code)
}

/**
 * Derives the code of one attempt of an operation. It is as random as the operation's id, and the same each time, so
 * that an operation that is repeated finds the link that it created before.
 */
export function codeFor(operationId: string, attempt: number): string {
  let block = 0
  return randomCode(CODE_LENGTH, (count) =>
    createHash('sha256').update(`${operationId}:${attempt}:${block++}`).digest().subarray(0, count),
  )
}
