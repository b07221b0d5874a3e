import type { Cause } from '../../shared/events/event.ts'
import type { LinkSelector, Missing } from './change-link.ts'

/** What every removal has anew. */
export interface LinkRemoval {
  deletedAt: string
  version: string
  cause: Cause
}

export interface DeleteLinkDeps {
  remove: (selector: LinkSelector, removal: LinkRemoval, signal: AbortSignal) => Promise<'removed' | Missing>
  newVersion: () => string
  /** Milliseconds since the epoch. */
  now: () => number
}

export type DeleteLink = (
  input: { selector: LinkSelector; cause: Cause },
  signal: AbortSignal,
) => Promise<{ outcome: 'removed' | Missing }>

export function deleteLink({ remove, newVersion, now }: DeleteLinkDeps): DeleteLink {
  return async ({ selector, cause }, signal) => {
    const removal = { deletedAt: new Date(now()).toISOString(), version: newVersion(), cause }
    return { outcome: await remove(selector, removal, signal) }
  }
}
