import type { TransactWhenFreeOptions } from '../../shared/data/transact-when-free.ts'
import type { PolicyUseCasesDeps } from '../policies/use-cases.ts'
import { createOverrideStore, createRemoveOverrides } from './overrides.ts'
import { createListPolicies, createPolicyReads, type PolicyReads } from './read-policies.ts'
import { createPolicyWrites, type PolicyWritesOptions } from './write-policies.ts'

/**
 * Policies in DynamoDB: one item a policy in its tenant's partition, with the outbox entry of its last change; beside it
 * an item for each override. All reject as `DynamoDB` does; a condition that does not hold is an outcome.
 */
export type PolicyStore = PolicyUseCasesDeps['store'] & PolicyReads

export function createPolicyStore(options: PolicyWritesOptions & TransactWhenFreeOptions): PolicyStore {
  const reads = createPolicyReads(options)
  return {
    ...reads,
    ...createPolicyWrites(options),
    read: (id, signal) => reads.readPolicy(id, { consistent: true, signal }),
    list: createListPolicies(options),
    overrides: createOverrideStore(options),
    removeOverrides: createRemoveOverrides(options),
  }
}
