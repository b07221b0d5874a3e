import type { Link } from './link.ts'
import { isCode, RESERVED_CODES } from './link-code.ts'

export interface ResolveLinkDeps {
  read: (code: string, options: { consistent: boolean }) => Promise<Link | undefined>
}

/**
 * The link behind a code. The first read is the cheap, eventually consistent one; only a miss is read again
 * consistently, so that a link works from the moment its creator knows it, and a hit costs half a read unit.
 */
export function resolveLink({ read }: ResolveLinkDeps): (code: string) => Promise<Link | undefined> {
  return async (code) => {
    if (!isCode(code) || RESERVED_CODES.has(code)) return undefined
    return (await read(code, { consistent: false })) ?? (await read(code, { consistent: true }))
  }
}
