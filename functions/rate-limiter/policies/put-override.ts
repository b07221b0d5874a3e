import type { Settle } from '../../shared/resilience/settle.ts'
import { type DefinitionError, overrideErrors } from '../domain/definition-errors.ts'
import { MAX_OVERRIDES, type Override, type StoredPolicy } from '../domain/policy.ts'
import type { PolicyId } from '../policy-book.ts'
import type { ReadStored } from './judge-definition.ts'

export interface PutOverrideInput {
  tenant: string
  override: Override
  /** True if an existing override must not be changed (`If-None-Match: *`). */
  onlyIfAbsent: boolean
}

export type PutOverrideOutcome =
  | 'created'
  | 'replaced'
  | 'unknown-policy'
  | 'stale'
  | 'too-many'
  | readonly DefinitionError[]

export interface OverrideStore {
  read: (id: PolicyId & { subject: string }, signal: AbortSignal) => Promise<Override | undefined>
  /** Stores the first override of a subject, and counts it. `raced`: the policy changed, or there is one now. */
  insert: (policy: StoredPolicy, override: Override, signal: AbortSignal) => Promise<'written' | 'raced'>
  /** Replaces an override. `raced`: there is none any more. */
  replace: (tenant: string, override: Override, signal: AbortSignal) => Promise<'written' | 'raced'>
  /** Removes an override, and counts it. `raced`: others were in the way. */
  remove: (id: PolicyId & { subject: string }, signal: AbortSignal) => Promise<'removed' | 'not-found' | 'raced'>
}

export type RemoveOverride = (
  id: PolicyId & { subject: string },
  signal: AbortSignal,
) => Promise<'removed' | 'not-found'>

export interface PutOverrideDeps {
  read: ReadStored
  store: OverrideStore
  settle: Settle
}

export type PutOverride = (input: PutOverrideInput, signal: AbortSignal) => Promise<PutOverrideOutcome>

/**
 * Gives a subject its own limit under a policy.
 *
 * @throws AppError (retryable) when others keep changing the same policy.
 */
export function putOverride({ read, store, settle }: PutOverrideDeps): PutOverride {
  const putOnce = async (
    { tenant, override, onlyIfAbsent }: PutOverrideInput,
    signal: AbortSignal,
  ): Promise<PutOverrideOutcome | 'raced'> => {
    const { policy: name, subject } = override
    const policy = await read({ tenant, name }, signal)
    if (!policy) return 'unknown-policy'
    const errors = overrideErrors(policy.definition, override)
    if (errors.length > 0) return errors
    if (await store.read({ tenant, name, subject }, signal)) {
      if (onlyIfAbsent) return 'stale'
      return (await store.replace(tenant, override, signal)) === 'written' ? 'replaced' : 'raced'
    }
    if (policy.overrides >= MAX_OVERRIDES) return 'too-many'
    return (await store.insert(policy, override, signal)) === 'written' ? 'created' : 'raced'
  }
  return (input, signal) => settle(() => putOnce(input, signal), signal)
}

/**
 * Takes a subject's own limit back.
 *
 * @throws AppError (retryable) when others keep changing the same policy.
 */
export function removeOverride({ store, settle }: Pick<PutOverrideDeps, 'store' | 'settle'>): RemoveOverride {
  return (id, signal) => settle(() => store.remove(id, signal), signal)
}
