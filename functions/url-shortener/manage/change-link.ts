import type { Clock } from '../../shared/clock.ts'
import type { Cause } from '../../shared/events/event.ts'
import type { Preconditions } from '../../shared/preconditions.ts'
import { type FieldsDeps, type GivenFields, namesOf, type TargetError, toChanges } from '../domain/fields.ts'
import type { LinkState } from '../domain/link.ts'
import { changesNothing, type ReviseRefusal, type Revision, reviseLink } from '../domain/revise.ts'

/** Selects a link of a tenant, if its version meets the preconditions of the request. */
export interface LinkSelector extends Preconditions {
  tenant: string
  code: string
}

/** A change, which is computed from the link's current state. */
export interface LinkChange extends Revision {
  /** Returns the new state, or `unchanged` to keep the link with its version, and publish no event. */
  revise: (state: LinkState) => LinkState | 'unchanged' | ReviseRefusal
  /** The fields in the request. */
  changed: readonly string[]
  cause: Cause
}

/** The outcomes without a selected link. A link of another tenant counts as not found. */
export type Missing = 'not-found' | 'stale'

export interface ChangeLinkDeps extends FieldsDeps {
  /**
   * Changes a link if it exists, belongs to the tenant and meets the preconditions. A change that an earlier attempt of
   * the same operation stored counts as success.
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
