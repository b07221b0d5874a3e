import { randomUUID } from 'node:crypto'
import type { ApiStore } from '../../../functions/chat/api-routes.ts'
import type { Commit } from '../../../functions/chat/domain/commit.ts'
import type { RoomId } from '../../../functions/chat/domain/room.ts'
import { listEvents } from '../../../functions/chat/history/list-events.ts'
import { listMessages, type MessagesQuery } from '../../../functions/chat/history/list-messages.ts'
import { listThread, type ThreadQuery } from '../../../functions/chat/history/list-thread.ts'
import { deleteMessage } from '../../../functions/chat/send/delete-message.ts'
import { editMessage } from '../../../functions/chat/send/edit-message.ts'
import { react } from '../../../functions/chat/send/react.ts'
import { CAUSE } from '../cause.ts'

const { signal } = new AbortController()

type Cid = { cid?: string }

/** The actions of members in a room, over the real store. */
export function talk(commit: Commit) {
  const [edit, remove, reactTo] = [editMessage(commit), deleteMessage(commit), react(commit)]
  const base = (id: RoomId, user: string, cid: string = randomUUID()) => ({ ...id, user, cid, cause: CAUSE })
  return {
    edit: (id: RoomId, user: string, { cid, ...input }: { target: number; body?: string } & Cid) =>
      edit({ ...base(id, user, cid), body: 'Edited', ...input }, signal),
    remove: (id: RoomId, user: string, { cid, target }: { target: number } & Cid) =>
      remove({ ...base(id, user, cid), target }, signal),
    react: (id: RoomId, user: string, { cid, ...input }: { target: number; emoji?: string; remove?: boolean } & Cid) =>
      reactTo({ ...base(id, user, cid), emoji: '👍', remove: false, ...input }, signal),
  }
}

/** The reads of members of a room, over the real store. */
export function history({ read: readMembership, history: reads }: Pick<ApiStore, 'read' | 'history'>) {
  const deps = { ...reads, readMembership, now: Date.now }
  const [list, thread, events] = [listMessages(deps), listThread(deps), listEvents(deps)]
  return {
    messages: async (id: RoomId, user: string, query: Partial<MessagesQuery> = {}) =>
      page(await list({ ...id, user, limit: 100, ...query }, signal)),
    thread: async (id: RoomId, user: string, query: Partial<ThreadQuery> & { root: number }) =>
      page(await thread({ ...id, user, limit: 100, ...query }, signal)),
    events: async (id: RoomId, user: string, query: { after?: number; limit?: number } = {}) =>
      page(await events({ ...id, user, limit: 100, ...query }, signal)),
  }
}

function page<Found extends object>(result: Found | string): Found {
  if (typeof result === 'string') throw new Error(`The list was refused: ${result}`)
  return result
}

/** Returns the number of a commit that was made. */
export function seqOf(result: { outcome: string; seq?: number }): number {
  if (result.seq === undefined) throw new Error(`It was not committed: ${JSON.stringify(result)}`)
  return result.seq
}
