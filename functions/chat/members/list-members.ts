import type { Member } from '../domain/member.ts'
import type { ReadMembership, RoomId } from '../domain/room.ts'
import { MAX_WATCHED_MEMBERS } from '../domain/watcher.ts'

/** A page of a room's members, by name. */
export interface MemberQuery extends RoomId {
  /** The last user of the page before. */
  readonly after: string | undefined
  readonly limit: number
}

export interface MemberPage {
  readonly members: readonly Member[]
  /** The last user of this page; absent on the last one. */
  readonly next?: string
}

export type ReadMembers = (query: MemberQuery, signal: AbortSignal) => Promise<MemberPage>

/** Returns those of a tenant's users who are online. */
export type ReadOnline = (tenant: string, users: readonly string[], signal: AbortSignal) => Promise<ReadonlySet<string>>

/** A page of members, and in a room that is small enough to watch those of them who are online. */
export interface ListedMembers extends MemberPage {
  readonly online?: ReadonlySet<string>
}

/** Lists the members of a room for one of them; `undefined` if the user is none. */
export type ListMembers = (
  query: MemberQuery & { user: string },
  signal: AbortSignal,
) => Promise<ListedMembers | undefined>

export interface ListMembersDeps {
  read: ReadMembership
  readMembers: ReadMembers
  readOnline: ReadOnline
}

export function listMembers({ read, readMembers, readOnline }: ListMembersDeps): ListMembers {
  return async (query, signal) => {
    // Both at once: a page that is read for nothing costs less than a second round trip.
    const [membership, page] = await Promise.all([read(query, signal), readMembers(query, signal)])
    if (!membership) return undefined
    if (membership.room.members > MAX_WATCHED_MEMBERS) return page
    const users = page.members.map(({ user }) => user)
    return { ...page, online: await readOnline(query.tenant, users, signal) }
  }
}
