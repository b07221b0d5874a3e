import type { Policy } from './policy.ts'

/** How long somebody who is denied because nobody can say is to wait. */
export const RETRY_MS = 1000

/** What decides when the table can't. */
export function onErrorOf({ onError = 'closed' }: Policy): NonNullable<Policy['onError']> {
  return onError
}

/** What a local policy lets in, in each environment. */
export function localLimit({ limit }: Policy): number {
  return Math.floor(limit / 10)
}
