import type { DeletedLink, Link } from './link.ts'
import { isCode, RESERVED_CODES } from './link-code.ts'

export interface ResolveLinkDeps {
  read: (code: string, options: { consistent: boolean; signal: AbortSignal }) => Promise<Link | DeletedLink | undefined>
}

export type ResolveLink = (code: string, signal: AbortSignal) => Promise<Link | DeletedLink | undefined>

/**
 * The link behind a code. The first read is the cheap, eventually consistent one; only a miss is read again
 * consistently, so that a link works from the moment its creator knows it, and a hit costs half a read unit.
 */
export function resolveLink({ read }: ResolveLinkDeps): ResolveLink {
  return async (code, signal) => {
    if (!isCode(code) || RESERVED_CODES.has(code)) return undefined
    return (await read(code, { consistent: false, signal })) ?? (await read(code, { consistent: true, signal }))
  }
}
