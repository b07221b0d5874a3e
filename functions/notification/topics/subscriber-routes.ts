import type * as z from 'zod/mini'
import { requirePrincipal, type Tenancy } from '../../shared/auth/principal.ts'
import { onlyIfAbsent, stale } from '../../shared/http/conditions.ts'
import type { Cursors } from '../../shared/http/cursor.ts'
import type { HttpRoute } from '../../shared/http/handler.ts'
import type { HttpRequest } from '../../shared/http/request.ts'
import { type HttpResponse, json } from '../../shared/http/response.ts'
import { singleValues } from '../../shared/http/single-values.ts'
import { validate } from '../../shared/http/validate.ts'
import { existingName, newName, SEND, toTime } from '../fields.ts'
import { notFound } from '../problems.ts'
import { listSubscribersQuery, type subscriberPage, type subscriptionAnswer } from './schema.ts'
import type { ChangeSubscriptions, ReadSubscribers } from './subscribe.ts'

export interface SubscriberRoutesOptions {
  changes: ChangeSubscriptions
  readSubscribers: ReadSubscribers
  cursors: Cursors
  tenancy: Tenancy
}

/** The routes of the subscribers of topics. A topic exists as soon as it is named. */
export function subscriberRoutes(options: SubscriberRoutesOptions): Record<string, HttpRoute> {
  const { changes, readSubscribers, cursors, tenancy } = options
  return {
    async 'PUT /v1/topics/{topic}/subscribers/{user}'(request) {
      const { tenant } = requirePrincipal(request, SEND, tenancy)
      const [topic, user] = [newName(request, 'topic'), newName(request, 'user')]
      const mustBeNew = onlyIfAbsent(request)
      const outcome = await changes.subscribe({ tenant, topic, user }, request.signal)
      if (mustBeNew && outcome === 'unchanged') throw stale()
      const answer: z.output<typeof subscriptionAnswer> = { topic, user }
      return json(outcome === 'changed' ? 201 : 200, answer)
    },

    async 'DELETE /v1/topics/{topic}/subscribers/{user}'(request): Promise<HttpResponse> {
      const { tenant } = requirePrincipal(request, SEND, tenancy)
      const [topic, user] = [requestedTopic(request), existingName(request, 'user', noSuchSubscriber)]
      await changes.unsubscribe({ tenant, topic, user }, request.signal)
      return { status: 204 }
    },

    async 'GET /v1/topics/{topic}/subscribers'(request) {
      const { tenant } = requirePrincipal(request, SEND, tenancy)
      const topic = requestedTopic(request)
      const { limit, cursor } = validate(listSubscribersQuery, singleValues(request.rawQuery))
      const scope = { tenant, query: { list: 'subscribers', topic } }
      const position = cursor === undefined ? undefined : await cursors.open(cursor, scope, request.signal)
      const after = position === undefined ? null : String(position.user)
      const { subscribers, next } = await readSubscribers({ tenant, topic, after, limit }, request.signal)
      const current = subscribers.filter(({ left }) => left === null)
      const page: z.output<typeof subscriberPage> = {
        items: current.map(({ user, subscribedAt }) => ({ user, subscribedAt: toTime(subscribedAt) })),
        nextCursor:
          next === undefined ? null : await cursors.seal({ ...scope, position: { user: next } }, request.signal),
      }
      return json(200, page)
    },
  }
}

function requestedTopic(request: HttpRequest): string {
  return existingName(request, 'topic', () => notFound('No topic can have this name.'))
}

function noSuchSubscriber() {
  return notFound('No subscriber can have this name.')
}
