import type { ClientActions, CommitAction } from './frames.ts'
import type { Outbox } from './outbox.ts'
import type { CommitRequest, Committed } from './room-queue.ts'

/** Fields of a commit. A `cid` is only given to send again what an earlier session may have sent. */
type Fields<Action extends CommitAction> = Omit<ClientActions[Action], 'cid'> & { cid?: string }

/**
 * Changes of rooms. They wait for a connection, and go out one by one in each room, in the order of the calls. Each
 * promise is resolved when the change is in the room's log.
 *
 * @throws CommitFailed
 */
export interface Commits {
  send: (message: Fields<'send'>) => Promise<Committed>
  edit: (edit: Fields<'edit'>) => Promise<Committed>
  delete: (deletion: Fields<'delete'>) => Promise<Committed>
  react: (reaction: Fields<'react'>) => Promise<Committed>
}

export function createCommits(outbox: Outbox): Commits {
  const commit =
    <Action extends CommitAction>(action: Action) =>
    (fields: Fields<Action>) =>
      outbox.add({ action, fields: { cid: newCid(), ...fields } } as unknown as CommitRequest)
  return { send: commit('send'), edit: commit('edit'), delete: commit('delete'), react: commit('react') }
}

/** Returns 128 random bits. `crypto.randomUUID` would need a secure context, which a page of plain HTTP isn't. */
function newCid(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
