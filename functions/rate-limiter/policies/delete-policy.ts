import type { Clock } from '../../shared/clock.ts'
import type { Cause } from '../../shared/events/event.ts'
import { meetsPreconditions, type Preconditions } from '../../shared/preconditions.ts'
import type { Settle } from '../../shared/resilience/settle.ts'
import type { StoredPolicy } from '../domain/policy.ts'
import type { PolicyId } from '../policy-book.ts'
import type { ReadStored } from './judge-definition.ts'

export interface DeletePolicyInput extends PolicyId {
  conditions: Preconditions
  cause: Cause
}

export type DeletePolicyOutcome = 'deleted' | 'not-found' | 'stale' | 'in-use'

export interface PolicyRemoval {
  /** The policy as it was read, without children. */
  readonly before: StoredPolicy
  readonly operationId: string
  /** RFC 3339 in UTC, with milliseconds. */
  readonly deletedAt: string
  readonly cause: Cause
}

/** Removes the overrides that a deleted policy left. Those of a policy that is there, perhaps again, are not touched. */
export type RemoveOverrides = (id: PolicyId, signal: AbortSignal) => Promise<void>

export interface DeletePolicyDeps {
  read: ReadStored
  removeOverrides: RemoveOverrides
  /** Removes a policy, but for its overrides. `raced`: it is no longer as it was read, or has children. */
  remove: (removal: PolicyRemoval, signal: AbortSignal) => Promise<'removed' | 'raced'>
  settle: Settle
  newOperationId: () => string
  now: Clock
}

export type DeletePolicy = (input: DeletePolicyInput, signal: AbortSignal) => Promise<DeletePolicyOutcome>

/**
 * Deletes a policy that no other one names as its parent. Its overrides go after it, so that a deletion that is refused
 * takes none. If that fails midway, the next deletion of the name, or the next policy of it, removes the rest.
 *
 * @throws AppError (retryable) when others keep changing the policy.
 */
export function deletePolicy({
  read,
  removeOverrides,
  remove,
  settle,
  newOperationId,
  now,
}: DeletePolicyDeps): DeletePolicy {
  const deleteOnce = async (
    { tenant, name, conditions, cause }: DeletePolicyInput,
    signal: AbortSignal,
  ): Promise<DeletePolicyOutcome | 'raced'> => {
    const before = await read({ tenant, name }, signal)
    if (!before) {
      await removeOverrides({ tenant, name }, signal)
      return 'not-found'
    }
    if (!meetsPreconditions(conditions, before.version)) return 'stale'
    if (before.children > 0) return 'in-use'
    const removal = { before, operationId: newOperationId(), deletedAt: new Date(now()).toISOString(), cause }
    if ((await remove(removal, signal)) === 'raced') return 'raced'
    await removeOverrides({ tenant, name }, signal)
    return 'deleted'
  }
  return (input, signal) => settle(() => deleteOnce(input, signal), signal)
}
