import type { Clock } from '../../shared/clock.ts'
import type { Cause } from '../../shared/events/event.ts'
import { meetsPreconditions, type Preconditions } from '../../shared/preconditions.ts'
import type { StoredPolicy } from '../domain/policy.ts'
import type { PolicyId } from '../policy-book.ts'
import type { ReadStored } from './judge-definition.ts'
import { settle } from './settle.ts'

export interface DeletePolicyInput extends PolicyId {
  conditions: Preconditions
  cause: Cause
}

export type DeletePolicyOutcome = 'deleted' | 'not-found' | 'stale' | 'in-use'

export interface PolicyRemoval {
  /** The policy as it was read, without overrides and children. */
  readonly before: StoredPolicy
  readonly operationId: string
  /** RFC 3339 in UTC, with milliseconds. */
  readonly deletedAt: string
  readonly cause: Cause
}

export interface DeletePolicyDeps {
  read: ReadStored
  /** Removes all overrides of a policy, each with its count. */
  removeOverrides: (id: PolicyId, signal: AbortSignal) => Promise<void>
  /** `raced`: the policy is no longer as it was read, or has overrides or children. */
  remove: (removal: PolicyRemoval, signal: AbortSignal) => Promise<'removed' | 'raced'>
  newOperationId: () => string
  now: Clock
}

export type DeletePolicy = (input: DeletePolicyInput, signal: AbortSignal) => Promise<DeletePolicyOutcome>

/**
 * Deletes a policy that no other one names as its parent. Its overrides go first, so that none is left for the next
 * policy of the same name; if that fails midway, the policy is still there, and can be deleted again.
 *
 * @throws AppError (retryable) when others keep changing the policy.
 */
export function deletePolicy({ read, removeOverrides, remove, newOperationId, now }: DeletePolicyDeps): DeletePolicy {
  const deleteOnce = async (
    { tenant, name, conditions, cause }: DeletePolicyInput,
    signal: AbortSignal,
  ): Promise<DeletePolicyOutcome | 'raced'> => {
    const before = await read({ tenant, name }, signal)
    if (!before) return 'not-found'
    if (!meetsPreconditions(conditions, before.version)) return 'stale'
    if (before.children > 0) return 'in-use'
    if (before.overrides > 0) await removeOverrides({ tenant, name }, signal)
    const removal = { before, operationId: newOperationId(), deletedAt: new Date(now()).toISOString(), cause }
    return (await remove(removal, signal)) === 'removed' ? 'deleted' : 'raced'
  }
  return (input, signal) => settle(() => deleteOnce(input, signal))
}
