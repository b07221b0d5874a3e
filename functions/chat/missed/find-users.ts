import type { Member } from '../domain/member.ts'
import type { Message } from '../domain/message.ts'
import { addressees } from '../domain/missed.ts'
import type { Room, RoomId } from '../domain/room.ts'

export interface FindUsersDeps {
  /** Reads members by name, consistently; `next` is the last one's name if there are more. */
  readMembers: (
    range: RoomId & { readonly after: string | undefined; readonly limit: number },
    signal: AbortSignal,
  ) => Promise<{ readonly members: readonly Pick<Member, 'user'>[]; readonly next?: string }>
  /** Lists those who want to hear of every message of a room, and perhaps some who left. */
  listListeners: (id: RoomId, signal: AbortSignal) => Promise<readonly string[]>
}

/** Finds those who may have missed a message: perhaps too many, never too few. */
export type FindUsers = (
  about: { readonly id: RoomId; readonly room: Room; readonly message: Message },
  signal: AbortSignal,
) => Promise<readonly string[]>

/** Members that are read together. */
const MEMBERS_AT_ONCE = 1000

/**
 * Creates what finds them. It reads the members of a room only for a message that mentions all, which owners and admins
 * send: any other message costs the same in a room of ten members and of ten thousand.
 */
export function createFindUsers({ readMembers, listListeners }: FindUsersDeps): FindUsers {
  async function everybody(id: RoomId, signal: AbortSignal): Promise<string[]> {
    const users: string[] = []
    let after: string | undefined
    do {
      const { members, next } = await readMembers({ ...id, after, limit: MEMBERS_AT_ONCE }, signal)
      users.push(...members.map(({ user }) => user))
      after = next
    } while (after !== undefined)
    return users
  }

  return async ({ id, room, message }, signal) => {
    const named = addressees(room, message)
    const users = named === 'all' ? await everybody(id, signal) : [...named, ...(await others(room, id, signal))]
    return [...new Set(users)].filter((user) => user !== message.user)
  }

  async function others({ kind }: Room, id: RoomId, signal: AbortSignal): Promise<readonly string[]> {
    return kind === 'direct' ? [] : listListeners(id, signal)
  }
}
