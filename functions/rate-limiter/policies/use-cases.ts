import type { Clock } from '../../shared/clock.ts'
import { createSettle, type SettleOptions } from '../../shared/resilience/settle.ts'
import { type DeletePolicy, type DeletePolicyDeps, deletePolicy } from './delete-policy.ts'
import type { ReadStored } from './judge-definition.ts'
import {
  type OverrideStore,
  type PutOverride,
  putOverride,
  type RemoveOverride,
  removeOverride,
} from './put-override.ts'
import { type PutPolicy, putPolicy, type WritePolicy } from './put-policy.ts'
import type { ListPolicies } from './routes.ts'

/** The use cases of policies and of overrides. */
export interface PolicyUseCases {
  policies: { read: ReadStored; put: PutPolicy; remove: DeletePolicy; list: ListPolicies }
  overrides: { put: PutOverride; remove: RemoveOverride }
}

/** Keeps policies: `PolicyStore` fits. */
export interface PolicyUseCasesDeps extends SettleOptions {
  store: Pick<DeletePolicyDeps, 'read' | 'remove' | 'removeOverrides'> & {
    write: WritePolicy
    list: ListPolicies
    overrides: OverrideStore
  }
  /** Returns another one each time. */
  newId: () => string
  now: Clock
}

export function policyUseCases({ store, newId, now, ...pauses }: PolicyUseCasesDeps): PolicyUseCases {
  const settle = createSettle(pauses)
  const { read, write, remove, removeOverrides, list, overrides } = store
  return {
    policies: {
      read,
      put: putPolicy({ read, write, removeOverrides, settle, newVersion: newId, now }),
      remove: deletePolicy({ read, remove, removeOverrides, settle, newOperationId: newId, now }),
      list,
    },
    overrides: {
      put: putOverride({ read, store: overrides, settle }),
      remove: removeOverride({ store: overrides, settle }),
    },
  }
}
