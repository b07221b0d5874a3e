import type { Tenancy } from '../../shared/auth/principal.ts'
import { etag, preconditions } from '../../shared/http/conditions.ts'
import type { Cursors } from '../../shared/http/cursor.ts'
import type { HttpRoute } from '../../shared/http/handler.ts'
import type { Idempotency } from '../../shared/http/idempotency.ts'
import { invalidInput } from '../../shared/http/invalid-input.ts'
import { type HttpRequest, jsonBody } from '../../shared/http/request.ts'
import { type HttpResponse, json } from '../../shared/http/response.ts'
import { singleValues } from '../../shared/http/single-values.ts'
import { validate } from '../../shared/http/validate.ts'
import type { Membership, ReadMembership } from '../domain/room.ts'
import { type Caller, requestedRoom, requireCaller } from '../fields.ts'
import { limitReached, notCommitted, notMember } from '../problems.ts'
import type { ChangeRoom, DeleteRoom } from './change-room.ts'
import type { CreateRoom } from './create-room.ts'
import type { ListRooms } from './list-rooms.ts'
import { listRoomsQuery, newRoomBody, roomChangesBody } from './schema.ts'
import type { ReadUnread } from './unread.ts'
import { roomView } from './view.ts'

export interface RoomRoutesOptions {
  create: CreateRoom
  list: ListRooms
  read: ReadMembership
  readUnread: ReadUnread
  change: ChangeRoom
  remove: DeleteRoom
  idempotency: Idempotency
  cursors: Cursors
  tenancy: Tenancy
}

/** The routes of rooms: from requests to use cases, and from outcomes to answers. */
export function roomRoutes(options: RoomRoutesOptions): Record<string, HttpRoute> {
  const { create, list, read, readUnread, change, remove, idempotency, cursors, tenancy } = options
  const answer = async (status: number, membership: Membership & { tenant: string }, signal: AbortSignal) =>
    json(status, roomView(membership, await readUnread(membership, signal)), { etag: etag(membership.room.version) })
  /** Answers with a room as it is now. */
  const current = async (id: Caller & { room: string }, signal: AbortSignal) => {
    const membership = await read(id, signal)
    if (!membership) throw notMember()
    return answer(200, { ...membership, tenant: id.tenant }, signal)
  }

  return {
    async 'POST /v1/rooms'(request) {
      const caller = requireCaller(request, tenancy)
      const { cause, signal } = request
      return idempotency(request, { tenant: caller.tenant, sub: caller.user }, async (operationId) => {
        const asked = validate(newRoomBody, jsonBody(request))
        if (asked.kind === 'direct' && asked.with === caller.user) {
          throw invalidInput([{ path: 'with', message: 'must be another user' }])
        }
        const result = await create({ ...caller, asked, operationId, cause }, signal)
        if (result.outcome === 'limit-reached') throw limitReached()
        if (result.outcome === 'gone') throw notMember()
        const { outcome, membership } = result
        const status = outcome === 'created' ? 201 : 200
        const answered = await answer(status, { ...membership, tenant: caller.tenant }, signal)
        return { ...answered, headers: { ...answered.headers, location: `/v1/rooms/${membership.room.id}` } }
      })
    },

    async 'GET /v1/rooms'(request) {
      const caller = requireCaller(request, tenancy)
      const { signal } = request
      const { limit, cursor } = validate(listRoomsQuery, singleValues(request.rawQuery))
      const scope = { tenant: caller.tenant, query: { list: 'rooms', user: caller.user } }
      const position = cursor === undefined ? undefined : await cursors.open(cursor, scope, signal)
      const after = position && { headAt: Number(position.headAt), id: String(position.id) }
      const { items, next } = await list({ ...caller, limit, after }, signal)
      const nextCursor = next ? await cursors.seal({ ...scope, position: { ...next } }, signal) : null
      return json(200, { items, nextCursor })
    },

    async 'GET /v1/rooms/{id}'(request) {
      return current(addressed(request, tenancy), request.signal)
    },

    async 'PATCH /v1/rooms/{id}'(request) {
      const id = addressed(request, tenancy)
      const changes = validate(roomChangesBody, jsonBody(request))
      const { cause, signal } = request
      const result = await change({ ...id, changes, conditions: preconditions(request), cause }, signal)
      if (result.outcome !== 'committed') throw notCommitted(result)
      return current(id, signal)
    },

    async 'DELETE /v1/rooms/{id}'(request): Promise<HttpResponse> {
      const id = addressed(request, tenancy)
      const { cause, signal } = request
      const result = await remove({ ...id, conditions: preconditions(request), cause }, signal)
      if (result.outcome !== 'committed') throw notCommitted(result)
      return { status: 204 }
    },
  }
}

/** Reads who asks, and for which room. */
function addressed(request: HttpRequest, tenancy: Tenancy): Caller & { room: string } {
  const caller = requireCaller(request, tenancy)
  return { ...caller, room: requestedRoom(request) }
}
