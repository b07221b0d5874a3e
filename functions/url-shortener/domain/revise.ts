import { isDeepStrictEqual } from 'node:util'
import type { FieldChanges } from './fields.ts'
import { FIELD_DEFAULTS, type Link, type LinkEnd, type LinkState } from './link.ts'

/** The time and the operation of a revision. The operation's id becomes the link's version. */
export interface Revision {
  updatedAt: string
  operationId: string
}

/** The reason for which a link can't be revised: its end would not be after its start. */
export type ReviseRefusal = 'ends-too-early'

/**
 * Checks whether a link has all of these values already. A given password always counts as new: its hash has a new
 * salt, and an answer that it is the same would help somebody to guess it.
 */
export function changesNothing({ link, details }: LinkState, changes: FieldChanges): boolean {
  const current: FieldChanges = { ...link, ...details }
  return Object.entries(changes).every(([name, value]) => isDeepStrictEqual(value, current[name as keyof FieldChanges]))
}

/** Changes some fields of a link, and all fields that are derived from them. */
export function reviseLink(
  state: LinkState,
  changes: FieldChanges,
  { updatedAt, operationId }: Revision,
): LinkState | ReviseRefusal {
  const { expiredUrl, rules, passwordHash, ...hot } = changes
  const details = {
    expiredUrl: expiredUrl === undefined ? state.details.expiredUrl : expiredUrl,
    rules: rules ?? state.details.rules,
    passwordHash: passwordHash === undefined ? state.details.passwordHash : passwordHash,
  }
  const link = { ...state.link, ...hot }
  if (link.startsAt !== null && link.expiresAt !== null && Date.parse(link.expiresAt) <= Date.parse(link.startsAt)) {
    return 'ends-too-early'
  }
  const revised = {
    ...link,
    updatedAt,
    version: operationId,
    hasCounter: link.hasCounter || link.maxClicks !== null,
    hasRules: details.rules.length > 0,
    hasExpiredUrl: details.expiredUrl !== null,
    passwordId: passwordIdOf(state.link, { passwordHash, operationId }),
  }
  return { link: { ...revised, ended: endedOf(revised, state.clicks) }, details, clicks: state.clicks }
}

/**
 * Returns the password's id. Visitors who entered the old password have to enter the new one, even if it is the same.
 */
function passwordIdOf({ passwordId }: Link, given: { passwordHash: string | null | undefined; operationId: string }) {
  if (given.passwordHash === undefined) return passwordId
  return given.passwordHash === null ? null : given.operationId
}

/**
 * Keeps a recorded end while it is still the state of the link. After a change that revives the link, its next end is
 * recorded, too.
 */
function endedOf({ ended, expiresAt, maxClicks, updatedAt }: Link, clicks: number): LinkEnd | null {
  const isExpired = expiresAt !== null && Date.parse(updatedAt) >= Date.parse(expiresAt)
  const isExhausted = maxClicks !== null && clicks >= maxClicks
  if (ended === 'expired') return isExpired ? ended : null
  return ended === 'exhausted' && isExhausted ? ended : null
}

/**
 * Checks whether a link does nothing but redirect to its target, so that `reuse` may return it instead of a new one.
 * Its title and tags make no difference, but an alias does, because somebody chose it.
 */
export function isPlain(link: Link): boolean {
  const { title, tags, ...defaults } = FIELD_DEFAULTS
  return (
    Object.entries(defaults).every(([name, value]) => link[name as keyof typeof defaults] === value) &&
    !(link.isAlias || link.hasRules || link.hasExpiredUrl) &&
    link.passwordId === null
  )
}
