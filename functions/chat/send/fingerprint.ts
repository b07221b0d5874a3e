import { createHash } from 'node:crypto'

/** Returns what tells apart commits that ask for different things, in 22 characters. The order of fields matters. */
export function fingerprint(asked: object): string {
  return createHash('sha256').update(JSON.stringify(asked)).digest('base64url').slice(0, 22)
}
