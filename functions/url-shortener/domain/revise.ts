import { isDeepStrictEqual } from 'node:util'
import type { FieldChanges } from './fields.ts'
import { FIELD_DEFAULTS, type Link, type LinkEnd, type LinkState } from './link.ts'

/** When a link is revised, and by which operation: its id becomes the link's version. */
export interface Revision {
  updatedAt: string
  operationId: string
}

/** Why a link can't be revised: it would end before it starts, or as it does. */
export type ReviseRefusal = 'ends-too-early'

/**
 * Says whether a link has all of these values already. A password that is given is always another one: its hash has a
 * salt of its own, and to say that it is the same would let somebody guess it.
 */
export function changesNothing({ link, details }: LinkState, changes: FieldChanges): boolean {
  const current: FieldChanges = { ...link, ...details }
  return Object.entries(changes).every(([name, value]) => isDeepStrictEqual(value, current[name as keyof FieldChanges]))
}

/** Changes some fields of a link, and all that follows from them. */
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

/** A visitor who gave the old password has to give the new one, even if it is the same. */
function passwordIdOf({ passwordId }: Link, given: { passwordHash: string | null | undefined; operationId: string }) {
  if (given.passwordHash === undefined) return passwordId
  return given.passwordHash === null ? null : given.operationId
}

/**
 * A recorded end stays recorded while the link is at it. After a change by which it is not, its next end is recorded,
 * too.
 */
function endedOf({ ended, expiresAt, maxClicks, updatedAt }: Link, clicks: number): LinkEnd | null {
  const isExpired = expiresAt !== null && Date.parse(updatedAt) >= Date.parse(expiresAt)
  const isExhausted = maxClicks !== null && clicks >= maxClicks
  if (ended === 'expired') return isExpired ? ended : null
  return ended === 'exhausted' && isExhausted ? ended : null
}

/**
 * Whether a link only leads to its target, as any other plain link of the same target does, so that `reuse` may return
 * it to whoever wants such a link. Its title and tags make no difference. An alias does: somebody chose it.
 */
export function isPlain(link: Link): boolean {
  const { title, tags, ...defaults } = FIELD_DEFAULTS
  return (
    Object.entries(defaults).every(([name, value]) => link[name as keyof typeof defaults] === value) &&
    !(link.isAlias || link.hasRules || link.hasExpiredUrl) &&
    link.passwordId === null
  )
}
