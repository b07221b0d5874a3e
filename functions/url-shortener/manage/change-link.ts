import type { Clock } from '../../shared/clock.ts'
import type { Cause } from '../../shared/events/event.ts'
import type { Preconditions } from '../../shared/preconditions.ts'
import { type FieldsDeps, type GivenFields, namesOf, type TargetError, toChanges } from '../domain/fields.ts'
import type { LinkState } from '../domain/link.ts'
import { changesNothing, type ReviseRefusal, type Revision, reviseLink } from '../domain/revise.ts'

/** Selects a link of a tenant, while it is of a version that the request asks for. */
export interface LinkSelector extends Preconditions {
  tenant: string
  code: string
}

/** What is to become of a link, as it is found. */
export interface LinkChange extends Revision {
  /** `unchanged`: the link is left as it is, with its version, and no event tells of it. */
  revise: (state: LinkState) => LinkState | 'unchanged' | ReviseRefusal
  /** The fields that were given. */
  changed: readonly string[]
  cause: Cause
}

/** A link of another tenant is as good as none. */
export type Missing = 'not-found' | 'stale'

export interface ChangeLinkDeps extends FieldsDeps {
  /**
   * Changes a link if it is there, the tenant's and of an asked version. A change that is stored already, by an earlier
   * try of the same operation, counts.
   */
  change: (
    selector: LinkSelector,
    change: LinkChange,
    signal: AbortSignal,
  ) => Promise<LinkState | Missing | ReviseRefusal>
  newOperationId: () => string
  now: Clock
}

export type ChangeLinkResult =
  | { outcome: 'changed'; state: LinkState }
  | { outcome: 'invalid-url'; errors: TargetError[] }
  | { outcome: Missing | ReviseRefusal }

export type ChangeLink = (
  input: { selector: LinkSelector; fields: GivenFields; cause: Cause },
  signal: AbortSignal,
) => Promise<ChangeLinkResult>

export function changeLink({ change, newOperationId, now, ...deps }: ChangeLinkDeps): ChangeLink {
  return async ({ selector, fields, cause }, signal) => {
    const changes = await toChanges(fields, deps)
    if ('targetErrors' in changes) return { outcome: 'invalid-url', errors: changes.targetErrors }
    const revision = { updatedAt: new Date(now()).toISOString(), operationId: newOperationId() }
    const revise = (state: LinkState) =>
      changesNothing(state, changes) ? 'unchanged' : reviseLink(state, changes, revision)
    const result = await change(selector, { ...revision, revise, changed: namesOf(fields), cause }, signal)
    return typeof result === 'string' ? { outcome: result } : { outcome: 'changed', state: result }
  }
}
