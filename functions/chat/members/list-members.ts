import type { Member } from '../domain/member.ts'
import type { ReadMembership, RoomId } from '../domain/room.ts'

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

/** Lists the members of a room for one of them; `undefined` if the user is none. */
export type ListMembers = (
  query: MemberQuery & { user: string },
  signal: AbortSignal,
) => Promise<MemberPage | undefined>

export function listMembers({ read, readMembers }: { read: ReadMembership; readMembers: ReadMembers }): ListMembers {
  return async (query, signal) => {
    // Both at once: a page that is read for nothing costs less than a second round trip.
    const [membership, page] = await Promise.all([read(query, signal), readMembers(query, signal)])
    return membership && page
  }
}
