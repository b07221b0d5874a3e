import type { Clock } from '../../shared/clock.ts'
import type { Cause } from '../../shared/events/event.ts'
import type { LinkSelector, Missing } from './change-link.ts'

/** The time, the operation and the cause of a removal. */
export interface LinkRemoval {
  deletedAt: string
  operationId: string
  cause: Cause
}

export interface DeleteLinkDeps {
  remove: (selector: LinkSelector, removal: LinkRemoval, signal: AbortSignal) => Promise<'removed' | Missing>
  newOperationId: () => string
  now: Clock
}

export type DeleteLink = (
  input: { selector: LinkSelector; cause: Cause },
  signal: AbortSignal,
) => Promise<{ outcome: 'removed' | Missing }>

export function deleteLink({ remove, newOperationId, now }: DeleteLinkDeps): DeleteLink {
  return async ({ selector, cause }, signal) => {
    const removal = { deletedAt: new Date(now()).toISOString(), operationId: newOperationId(), cause }
    return { outcome: await remove(selector, removal, signal) }
  }
}
