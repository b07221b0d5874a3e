/** A policy as its tenant defines it: the fields of `PUT /v1/policies/{name}`. */
export interface PolicyDefinition {
  readonly algorithm: 'fixed-window' | 'sliding-window' | 'token-bucket' | 'concurrency'
  readonly limit: number
  readonly windowMs?: number
  readonly calendar?: 'hour' | 'day' | 'month'
  readonly burst?: number
  readonly onError: 'open' | 'closed' | 'local'
  readonly mode: 'enforce' | 'shadow' | 'off'
  readonly allow?: readonly string[]
  readonly deny?: readonly string[]
  readonly blockMs?: number
  readonly parent?: ParentReference
  readonly shards?: number
}

/** Names a policy of the same tenant, by which the subject's parent is charged. */
export interface ParentReference {
  readonly policy: string
  readonly subjectPrefix: string
}

/** A policy as it is stored. */
export interface StoredPolicy {
  readonly tenant: string
  readonly name: string
  readonly definition: PolicyDefinition
  /** Changes with every change of the definition: the ETag. */
  readonly version: string
  /** RFC 3339 in UTC, with milliseconds. */
  readonly updatedAt: string
  /** The number of subjects that have a limit of their own. */
  readonly overrides: number
  /** The number of policies that name this one as their parent. */
  readonly children: number
}

/** A subject's own limit under a policy. */
export interface Override {
  readonly subject: string
  readonly policy: string
  readonly limit: number
  readonly burst?: number
}

/** Names in paths and keys. The separator of keys, `#`, is not among the characters. */
export const POLICY_NAME = /^[A-Za-z0-9._~:@-]{1,128}$/

/** The longest subject, in bytes of UTF-8. */
export const MAX_SUBJECT_BYTES = 256

/** The number of parents that a policy may have above it. */
export const MAX_PARENTS = 4

/** The number of a policy's subjects that may have a limit of their own: an environment reads all of them at once. */
export const MAX_OVERRIDES = 1000

/** Shows a definition as the API and events do: fields that were not given are `null`, lists empty. */
export function definitionView(definition: PolicyDefinition) {
  const { algorithm, limit, windowMs, calendar, burst, onError, mode, allow, deny, blockMs, parent, shards } =
    definition
  return {
    algorithm,
    limit,
    windowMs: windowMs ?? null,
    calendar: calendar ?? null,
    burst: burst ?? null,
    onError,
    mode,
    allow: [...(allow ?? [])],
    deny: [...(deny ?? [])],
    blockMs: blockMs ?? null,
    parent: parent ? { policy: parent.policy, subjectPrefix: parent.subjectPrefix } : null,
    shards: shards ?? null,
  }
}

/** Returns whether two definitions are the same, whatever the order of their fields. */
export function isSameDefinition(a: PolicyDefinition, b: PolicyDefinition): boolean {
  return JSON.stringify(definitionView(a)) === JSON.stringify(definitionView(b))
}
