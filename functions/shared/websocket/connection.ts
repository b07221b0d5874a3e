import type {
  APIGatewayEventWebsocketRequestContextV2,
  APIGatewayProxyWebsocketEventV2WithRequestContext,
} from 'aws-lambda'
import type { TicketHolder } from '../auth/tickets.ts'

/** An open WebSocket, and the user who opened it with a ticket. */
export interface Connection extends TicketHolder {
  readonly connectionId: string
  /** Milliseconds since the epoch. */
  readonly connectedAt: number
}

/** API Gateway's event of a WebSocket API. */
export type SocketEvent = APIGatewayProxyWebsocketEventV2WithRequestContext<
  APIGatewayEventWebsocketRequestContextV2 & {
    /** The context that the authorizer returned when the connection was opened. */
    authorizer?: Readonly<Record<string, unknown>>
    /** The code of the close frame (RFC 6455, section 7.4); only in the event of `$disconnect`. */
    disconnectStatusCode?: number
  }
>

/** Encodes the holder of a ticket as an authorizer's context, which holds strings, numbers and booleans only. */
export function toAuthorizerContext({ tenant, user, scopes }: TicketHolder): Record<string, string> {
  return { tenant, user, scopes: [...scopes].join(' ') }
}

/**
 * Reads the connection of an event.
 *
 * @throws Error when the event has no context of `ticketAuthorizer`: the stack and the function disagree.
 */
export function toConnection({ requestContext }: SocketEvent): Connection {
  const { connectionId, connectedAt, authorizer = {} } = requestContext
  const { tenant, user, scopes } = authorizer
  if (typeof tenant !== 'string' || typeof user !== 'string' || typeof scopes !== 'string') {
    throw new Error('The connection has no authorizer: $connect must use a ticketAuthorizer.')
  }
  return { connectionId, connectedAt, tenant, user, scopes: new Set(scopes.split(' ').filter(Boolean)) }
}
