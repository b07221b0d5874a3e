import type { Tenancy } from '../../shared/auth/principal.ts'
import type { Cursors } from '../../shared/http/cursor.ts'
import type { HttpRoute } from '../../shared/http/handler.ts'
import type { HttpRequest } from '../../shared/http/request.ts'
import { type HttpResponse, json } from '../../shared/http/response.ts'
import { singleValues } from '../../shared/http/single-values.ts'
import { validate } from '../../shared/http/validate.ts'
import { type Caller, requestedRoom, requireCaller } from '../fields.ts'
import { notFound, notMember } from '../problems.ts'
import type { ListEvents } from './list-events.ts'
import type { ListMessages } from './list-messages.ts'
import type { ListThread } from './list-thread.ts'
import type { Page, Position } from './page.ts'
import { eventsQuery, messagesQuery, threadQuery } from './schema.ts'

export interface HistoryRoutesOptions {
  listMessages: ListMessages
  listEvents: ListEvents
  listThread: ListThread
  cursors: Cursors
  tenancy: Tenancy
}

/** The routes by which members read what was said in a room. */
export function historyRoutes(options: HistoryRoutesOptions): Record<string, HttpRoute> {
  const { listMessages, listEvents, listThread, tenancy } = options
  const lists = createLists(options.cursors)

  return {
    async 'GET /v1/rooms/{id}/messages'(request) {
      const id = addressed(request, tenancy)
      const { limit, cursor, before, after } = validate(messagesQuery, singleValues(request.rawQuery))
      const list = { ...id, list: 'messages' }
      const position = (await lists.open(list, cursor, request.signal)) ?? toPosition(before, after)
      const page = await listMessages({ ...id, position, limit }, request.signal)
      if (page === 'not-member') throw notMember()
      return lists.answer(list, page, request.signal)
    },

    async 'GET /v1/rooms/{id}/events'(request) {
      const id = addressed(request, tenancy)
      const { limit, cursor, after } = validate(eventsQuery, singleValues(request.rawQuery))
      const list = { ...id, list: 'events' }
      const position = await lists.open(list, cursor, request.signal)
      const page = await listEvents({ ...id, after: position?.seq ?? after, limit }, request.signal)
      if (page === 'not-member') throw notMember()
      return lists.answer(list, page, request.signal)
    },

    async 'GET /v1/rooms/{id}/threads/{seq}'(request) {
      const id = addressed(request, tenancy)
      const root = requestedRoot(request)
      const { limit, cursor } = validate(threadQuery, singleValues(request.rawQuery))
      const list = { ...id, list: 'thread', root }
      const position = await lists.open(list, cursor, request.signal)
      const page = await listThread({ ...id, root, after: position?.seq, limit }, request.signal)
      if (page === 'not-member') throw notMember()
      if (page === 'not-found') throw noSuchThread()
      return lists.answer(list, page, request.signal)
    },
  }
}

/** Reads who asks, and about which room. */
function addressed(request: HttpRequest, tenancy: Tenancy): Caller & { room: string } {
  const caller = requireCaller(request, tenancy)
  return { ...caller, room: requestedRoom(request) }
}

/** Reads the number in the path. A text that can't be one names no message. */
function requestedRoot({ params: { seq = '' } }: HttpRequest): number {
  if (!/^[1-9]\d{0,14}$/.test(seq)) throw noSuchThread()
  return Number(seq)
}

function noSuchThread() {
  return notFound('There is no message of this number that began a thread.')
}

function toPosition(before: number | undefined, after: number | undefined): Position | undefined {
  if (before !== undefined) return { direction: 'before', seq: before }
  return after === undefined ? undefined : { direction: 'after', seq: after }
}

interface List extends Caller {
  readonly room: string
  readonly list: string
  readonly root?: number
}

/**
 * Creates what reads and writes the cursors of these lists. A cursor holds its direction, and so goes on alone: the place
 * at which the first page began doesn't matter any more, whether or not it is repeated.
 */
function createLists(cursors: Cursors) {
  const scopeOf = ({ tenant, ...query }: List) => ({ tenant, query })
  return {
    async open(list: List, cursor: string | undefined, signal: AbortSignal): Promise<Position | undefined> {
      if (cursor === undefined) return undefined
      const { direction, seq } = await cursors.open(cursor, scopeOf(list), signal)
      return { direction: direction === 'after' ? 'after' : 'before', seq: Number(seq) }
    },
    async answer(list: List, { items, next }: Page<object>, signal: AbortSignal): Promise<HttpResponse> {
      const nextCursor = next ? await cursors.seal({ ...scopeOf(list), position: { ...next } }, signal) : null
      return json(200, { items, nextCursor })
    },
  }
}
