import * as z from 'zod/mini'
import { requirePrincipal, type Tenancy } from '../../shared/auth/principal.ts'
import { TICKET_SECONDS, type Tickets } from '../../shared/auth/tickets.ts'
import type { ApiOperation, NamedSchema } from '../../shared/http/api-description.ts'
import type { HttpRoute } from '../../shared/http/handler.ts'
import { HttpProblem, json } from '../../shared/http/response.ts'
import { NAME, SELF } from '../fields.ts'

export interface TicketRouteOptions extends Pick<Tickets, 'issue'> {
  tenancy: Tenancy
}

/** The route of tickets, with which a user's client opens a WebSocket: a browser can't send a token there. */
export function ticketRoutes({ issue, tenancy }: TicketRouteOptions): Record<string, HttpRoute> {
  return {
    async 'POST /v1/ws-ticket'(request) {
      const { sub: user, tenant, scopes } = requirePrincipal(request, SELF, tenancy)
      if (!NAME.test(user)) {
        const detail = 'The claim "sub" of the token can’t be the name of a user.'
        throw new HttpProblem({ status: 403, code: 'scope-missing', detail })
      }
      const ticket = await issue({ tenant, user, scopes }, request.signal)
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

export const ticketOperations: readonly ApiOperation[] = [
  {
    routeKey: 'POST /v1/ws-ticket',
    id: 'issueTicket',
    tag: 'Inbox',
    summary: 'Get a ticket for a WebSocket',
    description:
      'Connect with `?ticket=` within a minute, and get the inbox’s changes live. Each connection takes a ticket of its own. It takes no body.',
    scope: SELF,
    responses: {
      201: {
        description: 'The ticket.',
        body: ticketAnswer,
        example: { ticket: 'kW0nT4vZ3uXb2mQ9sYdE7fRgH1jLpC6aVxN8oIiUtMk', expiresInSeconds: TICKET_SECONDS },
      },
    },
  },
]
