import type { Tenancy } from '../../shared/auth/principal.ts'
import { onlyIfAbsent } from '../../shared/http/conditions.ts'
import type { Cursors } from '../../shared/http/cursor.ts'
import type { HttpRoute } from '../../shared/http/handler.ts'
import { type HttpRequest, jsonBody } from '../../shared/http/request.ts'
import { type HttpResponse, json } from '../../shared/http/response.ts'
import { singleValues } from '../../shared/http/single-values.ts'
import { validate } from '../../shared/http/validate.ts'
import type { CommitResult } from '../domain/commit.ts'
import type { Member } from '../domain/member.ts'
import { requestedRoom, requestedUser, requireCaller } from '../fields.ts'
import { alreadyThere, notCommitted, notFound, notMember } from '../problems.ts'
import type { ChangeMembers, MemberInput, PutInput } from './change-member.ts'
import type { ListMembers } from './list-members.ts'
import type { SetNotifyLevel } from './notify.ts'
import { listMembersQuery, memberBody, notifyBody } from './schema.ts'

export interface MemberRoutesOptions extends ChangeMembers {
  list: ListMembers
  setNotifyLevel: SetNotifyLevel
  cursors: Cursors
  tenancy: Tenancy
}

/** The routes of members: from requests to use cases, and from outcomes to answers. */
export function memberRoutes(options: MemberRoutesOptions): Record<string, HttpRoute> {
  const { list, put, remove, ban, unban, setNotifyLevel, cursors, tenancy } = options
  return {
    async 'GET /v1/rooms/{id}/members'(request) {
      const { tenant, user } = requireCaller(request, tenancy)
      const room = requestedRoom(request)
      const { signal } = request
      const { limit, cursor } = validate(listMembersQuery, singleValues(request.rawQuery))
      const scope = { tenant, query: { list: 'members', room } }
      const position = cursor === undefined ? undefined : await cursors.open(cursor, scope, signal)
      const page = await list({ tenant, room, user, limit, after: position && String(position.user) }, signal)
      if (!page) throw notMember()
      const nextCursor =
        page.next === undefined ? null : await cursors.seal({ ...scope, position: { user: page.next } }, signal)
      const items = page.members.map((member) => ({
        ...memberView(member),
        ...(page.online && { read: member.read, online: page.online.has(member.user) }),
      }))
      return json(200, { items, nextCursor })
    },

    async 'PUT /v1/rooms/{id}/members/{user}'(request) {
      const input = addressedToPut(request, tenancy)
      const result = await put({ ...input, asked: validate(memberBody, jsonBody(request)) }, request.signal)
      if (result.outcome === 'removed') throw notFound('Somebody removed this member again.')
      if (!('member' in result)) throw notCommitted(result)
      return json(result.outcome === 'added' ? 201 : 200, memberView(result.member))
    },

    async 'DELETE /v1/rooms/{id}/members/{user}'(request) {
      return done(await remove(addressed(request, tenancy), request.signal))
    },

    async 'PUT /v1/rooms/{id}/bans/{user}'(request) {
      return done(await ban(addressedToPut(request, tenancy), request.signal))
    },

    async 'DELETE /v1/rooms/{id}/bans/{user}'(request) {
      return done(await unban(addressed(request, tenancy), request.signal))
    },

    async 'PUT /v1/rooms/{id}/notify'(request) {
      const { tenant, user } = requireCaller(request, tenancy)
      const room = requestedRoom(request)
      const { level } = validate(notifyBody, jsonBody(request))
      const input = { tenant, room, user, level, onlyIfAbsent: onlyIfAbsent(request) }
      const outcome = await setNotifyLevel(input, request.signal)
      if (outcome === 'not-member') throw notMember()
      if (outcome === 'stale') throw alreadyThere('You have a level already: every member has one.')
      return json(200, { level })
    },
  }
}

function memberView({ user, role, muted }: Member) {
  return { user, role, muted }
}

/** Reads who asks, and about whom. */
function addressed(request: HttpRequest, tenancy: Tenancy): MemberInput {
  const caller = requireCaller(request, tenancy)
  return { ...caller, room: requestedRoom(request), member: requestedUser(request), cause: request.cause }
}

/** Reads the same, and whether what is there already must stay as it is. */
function addressedToPut(request: HttpRequest, tenancy: Tenancy): PutInput {
  return { ...addressed(request, tenancy), onlyIfAbsent: onlyIfAbsent(request) }
}

function done(result: CommitResult): HttpResponse {
  if (result.outcome !== 'committed') throw notCommitted(result)
  return { status: 204 }
}
