/**
 * The versions that a request asks for (RFC 9110, section 13.1), in a form that a store can check in the transaction of
 * the change. What is absent is not asked for.
 */
export interface Preconditions {
  /** One of these must be the current version. */
  readonly ifMatch?: readonly string[] | undefined
  /** None of these may be the current version; `*`: nothing may be there. */
  readonly ifNoneMatch?: readonly string[] | '*' | undefined
}

/**
 * Says whether something that is there meets the preconditions of a request.
 *
 * @param version the current one.
 */
export function meetsPreconditions({ ifMatch, ifNoneMatch }: Preconditions, version: string): boolean {
  if (ifMatch !== undefined && !ifMatch.includes(version)) return false
  return ifNoneMatch !== '*' && !ifNoneMatch?.includes(version)
}
