/** Characters of a generated code: 62^7 is 3.5e12, so that a code in use is met rarely, and guessed hardly. */
export const CODE_LENGTH = 7

/**
 * Words that a route of the API, a browser or a crawler uses as a first path segment. A test compares them with the
 * stack's routes.
 */
export const RESERVED_CODES: ReadonlySet<string> = new Set(['.well-known', 'favicon.ico', 'health', 'robots.txt', 'v1'])

const CODE = /^[A-Za-z0-9_-]{3,64}$/

/** Whether `code` may be an alias or a generated code, reserved words apart. */
export function isCode(code: string): boolean {
  return CODE.test(code)
}
