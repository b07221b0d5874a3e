import { createHash } from 'node:crypto'
import { randomCode } from '../../shared/ids/random-code.ts'

/**
 * The length of a generated code. Only a small part of the 62^7 codes (3.5e12) is in use, so that a new code rarely
 * collides, and an existing one is hard to guess.
 */
export const CODE_LENGTH = 7

/**
 * Words that a route of the API, a browser or a crawler uses as the first path segment. A test compares them with the
 * stack's routes.
 */
export const RESERVED_CODES: ReadonlySet<string> = new Set(['.well-known', 'favicon.ico', 'health', 'robots.txt', 'v1'])

/** The pattern of aliases and generated codes. */
export const CODE_PATTERN = '[A-Za-z0-9_-]{3,64}'

const CODE = new RegExp(`^${CODE_PATTERN}$`)

/** Checks whether `code` has the form of an alias or a generated code, which reserved words may have, too. */
export function isCode(code: string): boolean {
  return CODE.test(code)
}

/** Checks whether a link can have this code. Others need no read. */
export function mayHaveLink(code: string): boolean {
  return isCode(code) && !RESERVED_CODES.has(code)
}

/**
 * Derives the code for one attempt of an operation. It is as random as the operation's id, and deterministic, so that a
 * repeated operation finds the link that it created before.
 */
export function codeFor(operationId: string, attempt: number): string {
  let block = 0
  return randomCode(CODE_LENGTH, (count) =>
    createHash('sha256').update(`${operationId}:${attempt}:${block++}`).digest().subarray(0, count),
  )
}
