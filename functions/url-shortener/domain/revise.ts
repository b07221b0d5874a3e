import type { FieldChanges } from './fields.ts'
import type { Link, LinkEnd, LinkState } from './link.ts'

/** When a link is revised, and by which operation: its id becomes the link's version. */
export interface Revision {
  updatedAt: string
  operationId: string
}

/** What a link can't be: it would end before it starts, or as it does. */
export type ReviseRefusal = 'ends-too-early'

/** A link with some of its fields changed, and with all that follows from them. */
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

/** Whoever gave the old password has to give the new one, even if it is the same. */
function passwordIdOf({ passwordId }: Link, given: { passwordHash: string | null | undefined; operationId: string }) {
  if (given.passwordHash === undefined) return passwordId
  return given.passwordHash === null ? null : given.operationId
}

/** The end that was told stays told while it is the link's: once it is another one, it will be told anew. */
function endedOf({ ended, expiresAt, maxClicks, updatedAt }: Link, clicks: number): LinkEnd | null {
  const isExpired = expiresAt !== null && Date.parse(updatedAt) >= Date.parse(expiresAt)
  const isExhausted = maxClicks !== null && clicks >= maxClicks
  if (ended === 'expired') return isExpired ? ended : null
  return ended === 'exhausted' && isExhausted ? ended : null
}

/**
 * Whether a link does no more than lead to its target: one like any other of the same target, so that `reuse` may give
 * it to whoever wants a link to there. Its title and tags make no difference; an alias does, it was somebody's wish.
 */
export function isPlain(link: Link): boolean {
  const { redirect, cacheSeconds, startsAt, expiresAt, maxClicks, passwordId, ...rest } = link
  const limits = [startsAt, expiresAt, maxClicks, passwordId]
  return (
    redirect === 302 &&
    cacheSeconds === 0 &&
    limits.every((limit) => limit === null) &&
    !(rest.isAlias || rest.forwardQuery || rest.hasRules || rest.hasExpiredUrl)
  )
}
