import type { Clock } from '../../shared/clock.ts'
import type { Cause } from '../../shared/events/event.ts'
import type { RoomEvent } from '../domain/event.ts'
import type { Member } from '../domain/member.ts'
import type { History, Membership, ReadMembership, Room, RoomId } from '../domain/room.ts'
import { newDirectRoom, newGroup, type RoomSpec } from './new-room.ts'

/** A room with its first members and its first event. */
export interface NewRoom {
  readonly id: RoomId
  readonly room: Room
  readonly members: readonly Member[]
  readonly event: RoomEvent
  readonly cause: Cause
}

export type StoreRoomOutcome =
  | { readonly outcome: 'created' }
  | { readonly outcome: 'exists' }
  /** One of the members has as many rooms as a user can have. */
  | { readonly outcome: 'limit-reached' }

export type StoreRoom = (room: NewRoom, signal: AbortSignal) => Promise<StoreRoomOutcome>

export interface CreateRoomInput {
  readonly tenant: string
  readonly user: string
  readonly asked:
    | { readonly kind: 'group'; readonly name: string; readonly history: History }
    | { readonly kind: 'direct'; readonly with: string }
  /** Identifies this creation: a repeat with the same id creates no other room. */
  readonly operationId: string
  readonly cause: Cause
}

export type CreateRoomResult =
  | ({ readonly outcome: 'created' | 'exists' } & { readonly membership: Membership })
  | { readonly outcome: 'limit-reached' }
  /** An earlier attempt created the room, and the user left or deleted it since. */
  | { readonly outcome: 'gone' }

export interface CreateRoomDeps {
  store: StoreRoom
  read: ReadMembership
  /** Returns the id of the one direct room of a pair, in whichever order. */
  directRoomId: (tenant: string, pair: readonly [string, string]) => string
  now: Clock
}

export type CreateRoom = (input: CreateRoomInput, signal: AbortSignal) => Promise<CreateRoomResult>

/**
 * Creates a group, or the direct room of a pair unless it exists. The id of the operation is the id of a new group, and
 * the first version of any new room, by which a repeat recognises what an earlier attempt created.
 */
export function createRoom({ store, read, directRoomId, now }: CreateRoomDeps): CreateRoom {
  const build = ({ tenant, user, asked, operationId }: CreateRoomInput) => {
    const spec: RoomSpec = { id: operationId, creator: user, now: now(), version: operationId }
    if (asked.kind === 'group') return newGroup(spec, asked)
    const pair = inOrder(user, asked.with)
    return newDirectRoom({ ...spec, id: directRoomId(tenant, pair) }, pair)
  }
  return async (input, signal) => {
    const { tenant, user, cause, operationId } = input
    const { room, members, event } = build(input)
    const id = { tenant, room: room.id }
    const { outcome } = await store({ id, room, members, event, cause }, signal)
    if (outcome === 'limit-reached') return { outcome }
    const member = members.find((one) => one.user === user)
    if (outcome === 'created' && member) return { outcome, membership: { room, member } }
    const membership = await read({ ...id, user }, signal)
    if (!membership) return { outcome: 'gone' }
    return { outcome: membership.room.version === operationId ? 'created' : 'exists', membership }
  }
}

function inOrder(a: string, b: string): [string, string] {
  return a < b ? [a, b] : [b, a]
}
