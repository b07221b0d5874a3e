/**
 * The versions that a request asks for (RFC 9110, section 13.1), in a form that a store can check in the transaction of
 * the change. An absent field sets no condition.
 */
export interface Preconditions {
  /** One of these must be the current version; `*` means that the resource must exist. */
  readonly ifMatch?: readonly string[] | '*' | undefined
  /** None of these may be the current version; `*` means that the resource must not exist. */
  readonly ifNoneMatch?: readonly string[] | '*' | undefined
}

/**
 * Checks whether an existing resource meets the preconditions of a request.
 *
 * @param version the current version of the resource.
 */
export function meetsPreconditions({ ifMatch, ifNoneMatch }: Preconditions, version: string): boolean {
  if (ifMatch !== undefined && ifMatch !== '*' && !ifMatch.includes(version)) return false
  return ifNoneMatch !== '*' && !ifNoneMatch?.includes(version)
}
