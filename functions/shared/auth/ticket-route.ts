import * as z from 'zod/mini'
import type { ApiOperation, NamedSchema } from '../http/api-description.ts'
import type { HttpRoute } from '../http/handler.ts'
import type { HttpRequest } from '../http/request.ts'
import { json } from '../http/response.ts'
import { TICKET_SECONDS, type TicketHolder, type Tickets } from './tickets.ts'

export interface TicketRouteOptions extends Pick<Tickets, 'issue'> {
  /** Returns the caller with the rights that the connection will have. @throws HttpProblem for one who gets no ticket. */
  requireHolder: (request: HttpRequest) => TicketHolder
}

/** The route of tickets, with which a user's client opens a WebSocket: a browser can't send a token there. */
export function ticketRoute({ issue, requireHolder }: TicketRouteOptions): Record<string, HttpRoute> {
  return {
    async 'POST /v1/ws-ticket'(request) {
      const ticket = await issue(requireHolder(request), request.signal)
      return json(201, { ticket, expiresInSeconds: TICKET_SECONDS })
    },
  }
}

const ticketAnswer = z.strictObject({ ticket: z.string(), expiresInSeconds: z.int() })

export const ticketSchemas: Record<string, NamedSchema> = {
  Ticket: {
    schema: ticketAnswer,
    description: 'A ticket, with which a client opens one WebSocket.',
    fields: { ticket: 'The value of the parameter `ticket` of the WebSocket’s URL. It is usable once.' },
  },
}

/** Describes the route. */
export function ticketOperation(about: Pick<ApiOperation, 'tag' | 'description' | 'scope'>): ApiOperation {
  return {
    ...about,
    routeKey: 'POST /v1/ws-ticket',
    id: 'issueTicket',
    summary: 'Get a ticket for a WebSocket',
    responses: {
      201: {
        description: 'The ticket.',
        body: ticketAnswer,
        example: { ticket: 'kW0nT4vZ3uXb2mQ9sYdE7fRgH1jLpC6aVxN8oIiUtMk', expiresInSeconds: TICKET_SECONDS },
      },
    },
  }
}
