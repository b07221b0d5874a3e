import type * as z from 'zod/mini'
import { requirePrincipal, type Tenancy } from '../../shared/auth/principal.ts'
import type { HttpRoute } from '../../shared/http/handler.ts'
import type { Idempotency } from '../../shared/http/idempotency.ts'
import type { HttpRequest } from '../../shared/http/request.ts'
import { HttpProblem, json } from '../../shared/http/response.ts'
import type { BroadcastId } from '../domain/broadcast.ts'
import { existingName, newName, SEND } from '../fields.ts'
import { type NotificationProblemCode, notFound } from '../problems.ts'
import type { PublishInput, PublishMessage, ReadProgress, StopBroadcast } from './publish.ts'
import type { ReadBroadcast } from './run-broadcast.ts'
import type { broadcastAnswer, publishAnswer } from './schema.ts'

export interface BroadcastRoutesOptions<Message> {
  /**
   * Reads what is to be published from a request.
   *
   * @throws HttpProblem 422 for what could be sent to nobody.
   */
  readMessage: (
    request: HttpRequest,
    tenant: string,
  ) => Promise<Pick<PublishInput<Message>, 'message' | 'priority' | 'lastDueAt'>>
  publish: PublishMessage<Message>
  readBroadcast: ReadBroadcast
  readProgress: ReadProgress
  stop: StopBroadcast
  idempotency: Idempotency
  tenancy: Tenancy
}

/** The routes that publish to the subscribers of a topic, and show or stop what is published. */
export function broadcastRoutes<Message>(options: BroadcastRoutesOptions<Message>): Record<string, HttpRoute> {
  const { publish, readProgress, stop, idempotency, tenancy } = options
  return {
    async 'POST /v1/topics/{topic}/publish'(request) {
      const { tenant, sub } = requirePrincipal(request, SEND, tenancy)
      const { cause, signal } = request
      return idempotency(request, { tenant, sub }, async (id) => {
        const topic = newName(request, 'topic')
        const read = await readUnpublished(request, { tenant, id })
        if (read) await publish({ tenant, id, topic, ...read, cause }, signal)
        const answer: z.output<typeof publishAnswer> = { broadcastId: id }
        return json(202, answer, { location: `/v1/broadcasts/${id}` })
      })
    },

    async 'GET /v1/broadcasts/{id}'(request) {
      const id = requestedBroadcast(request, tenancy)
      return json(200, await progressOf(id, request.signal))
    },

    async 'DELETE /v1/broadcasts/{id}'(request) {
      const id = requestedBroadcast(request, tenancy)
      const outcome = await stop(id, request.signal)
      if (outcome === 'not-found') throw noSuchBroadcast()
      if (outcome === 'done') throw tooLate()
      return json(200, await progressOf(id, request.signal))
    },
  }

  /**
   * Reads what is to be published; `undefined` if it would be refused now, but an earlier try has published it: by now
   * its time may be past, or its category or template gone.
   */
  async function readUnpublished(request: HttpRequest, id: BroadcastId) {
    try {
      return await options.readMessage(request, id.tenant)
    } catch (refusal) {
      if (refusal instanceof HttpProblem && (await options.readBroadcast(id, request.signal))) return undefined
      throw refusal
    }
  }

  async function progressOf(id: BroadcastId, signal: AbortSignal): Promise<z.output<typeof broadcastAnswer>> {
    const progress = await readProgress(id, signal)
    if (!progress) throw noSuchBroadcast()
    return progress
  }
}

function requestedBroadcast(request: HttpRequest, tenancy: Tenancy): BroadcastId {
  const { tenant } = requirePrincipal(request, SEND, tenancy)
  return { tenant, id: existingName(request, 'id', noSuchBroadcast) }
}

function noSuchBroadcast() {
  return notFound('There is no such broadcast.')
}

function tooLate() {
  const detail = 'All subscribers have already been notified.'
  return new HttpProblem<NotificationProblemCode>({ status: 409, code: 'too-late', detail })
}
