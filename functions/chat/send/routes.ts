import type { Tenancy } from '../../shared/auth/principal.ts'
import type { HttpRoute } from '../../shared/http/handler.ts'
import { jsonBody } from '../../shared/http/request.ts'
import { json } from '../../shared/http/response.ts'
import { validate } from '../../shared/http/validate.ts'
import { isTooLarge } from '../domain/text.ts'
import { requestedRoom, requireCaller, toTime } from '../fields.ts'
import { notCommitted, tooLarge } from '../problems.ts'
import { messageBody } from './schema.ts'
import { type SendMessage, toDraft } from './send-message.ts'

export interface MessageRoutesOptions {
  send: SendMessage
  tenancy: Tenancy
}

/** The route that sends a message without a connection. It makes the same commit as the action. */
export function messageRoutes({ send, tenancy }: MessageRoutesOptions): Record<string, HttpRoute> {
  return {
    async 'POST /v1/rooms/{id}/messages'(request) {
      const caller = requireCaller(request, tenancy)
      const room = requestedRoom(request)
      const message = validate(messageBody, jsonBody(request))
      if (isTooLarge(message.body)) throw tooLarge()
      const { cause, signal } = request
      const result = await send({ ...caller, room, cid: message.cid, draft: toDraft(message), cause }, signal)
      if (result.outcome !== 'committed') throw notCommitted(result)
      const { seq, at, dup } = result
      return json(dup ? 200 : 201, { seq, ts: toTime(at), dup })
    },
  }
}
