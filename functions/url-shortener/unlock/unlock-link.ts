import type { Clock } from '../../shared/clock.ts'
import { mayHaveLink } from '../domain/code.ts'
import { type DeletedLink, isDeleted, type Link, type LinkDetails, linkStatus } from '../domain/link.ts'
import { isPassword } from '../domain/password.ts'
import type { LockedLink } from './cookie.ts'

/** The state of a link's password, or the reason for which the link doesn't redirect. */
export type Lock =
  | { state: 'not-found' | 'deleted' | 'blocked' | 'not-started' | 'expired' }
  /** The link needs no password; a visit decides the rest. */
  | { state: 'open' }
  | { state: 'locked'; link: LockedLink }

export interface FindLockDeps {
  read: (code: string, options: { consistent: boolean; signal: AbortSignal }) => Promise<Link | DeletedLink | undefined>
  now: Clock
}

export type FindLock = (code: string, signal: AbortSignal) => Promise<Lock>

/**
 * Checks a link in the same order as a visit. The read is consistent, because a link works from the moment its creator
 * knows it.
 */
export function findLock({ read, now }: FindLockDeps): FindLock {
  return async (code, signal) => {
    const link = mayHaveLink(code) ? await read(code, { consistent: true, signal }) : undefined
    if (!link) return { state: 'not-found' }
    if (isDeleted(link)) return { state: 'deleted' }
    const { hasExpiredUrl, passwordId } = link
    const status = linkStatus(link, now())
    if (status === 'blocked') return { state: 'blocked' }
    if (status === 'scheduled') return { state: 'not-started' }
    if (status === 'expired') return { state: hasExpiredUrl ? 'open' : 'expired' }
    return passwordId === null ? { state: 'open' } : { state: 'locked', link: { code, passwordId } }
  }
}

export interface TryPasswordDeps {
  readDetails: (code: string, signal: AbortSignal) => Promise<Pick<LinkDetails, 'passwordHash'>>
  /** Issues the proof that the visitor knows the password. */
  issue: (link: LockedLink, signal: AbortSignal) => Promise<string>
}

export type TryPassword = (
  input: { link: LockedLink; password: string },
  signal: AbortSignal,
) => Promise<{ outcome: 'right'; proof: string } | { outcome: 'wrong' | 'open' }>

/**
 * Compares a password with that of a locked link. Its hash is read after the link, never before: if the password is
 * changed between the two reads, a visitor who knows the new one gets a proof for the old one, which is worthless. The
 * other way round, the old password would unlock the new version.
 */
export function tryPassword({ readDetails, issue }: TryPasswordDeps): TryPassword {
  return async ({ link, password }, signal) => {
    const { passwordHash } = await readDetails(link.code, signal)
    if (passwordHash === null) return { outcome: 'open' }
    if (!(await isPassword(password, passwordHash))) return { outcome: 'wrong' }
    return { outcome: 'right', proof: await issue(link, signal) }
  }
}
