import type { LinkSelector } from './change-link.ts'

export interface DeleteLinkDeps {
  remove: (
    selector: LinkSelector,
    removal: { deletedAt: string; version: string },
    signal: AbortSignal,
  ) => Promise<'removed' | 'not-found' | 'stale'>
  newVersion: () => string
  /** Milliseconds since the epoch. */
  now: () => number
}

export type DeleteLink = (
  selector: LinkSelector,
  signal: AbortSignal,
) => Promise<{ outcome: 'removed' | 'not-found' | 'stale' }>

export function deleteLink({ remove, newVersion, now }: DeleteLinkDeps): DeleteLink {
  return async (selector, signal) => {
    const removal = { deletedAt: new Date(now()).toISOString(), version: newVersion() }
    return { outcome: await remove(selector, removal, signal) }
  }
}
