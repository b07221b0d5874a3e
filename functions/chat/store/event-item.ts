import type { Item } from '../../shared/data/table.ts'
import type { Cause } from '../../shared/events/event.ts'
import { entryAttributes } from '../../shared/events/outbox-entry.ts'
import { type Allowed, type CommitRequest, shardsAfter } from '../domain/commit.ts'
import type { RoomEvent } from '../domain/event.ts'
import type { RoomId } from '../domain/room.ts'
import { toItem } from './items.ts'
import { recordKey } from './keys.ts'

export interface EventItemInput {
  readonly request: CommitRequest
  readonly allowed: Allowed
  readonly operationId: string
}

/** Builds the item of a commit's event. */
export function eventItem({ request, allowed, operationId }: EventItemInput): Item {
  const { content, joined, publish } = allowed.change
  const event: RoomEvent = {
    ...content,
    seq: allowed.seq,
    at: allowed.at,
    user: request.user,
    shards: shardsAfter(allowed),
    ...(request.once && { cid: request.once.cid }),
    ...(joined && { joined }),
  }
  return toEventItem(request, event, { cause: request.cause, operationId, ...(publish && { publish }) })
}

export interface EventOrigin {
  readonly cause: Cause
  readonly operationId: string
  /** The type of the event that other systems get of it. */
  readonly publish?: string
}

/**
 * Turns an event into an item of its room's log, which the table's stream delivers to members, and to other systems if
 * it has an outbox entry. Its sequence in the outbox is its number.
 */
export function toEventItem(id: RoomId, event: RoomEvent, { cause, operationId, publish }: EventOrigin): Item {
  const entry = publish && {
    ...entryAttributes({ operationId, type: publish, time: new Date(event.at).toISOString(), ...cause }),
    sequence: { N: String(event.seq) },
  }
  const { tenant, room } = id
  const key = recordKey(id, { record: 'event', seq: event.seq })
  return { ...toItem({ ...key, tenant, room, ...event, revision: event.seq, cause }), ...entry }
}
