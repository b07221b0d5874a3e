import type { Connection, SocketEvent } from '../../functions/shared/websocket/connection.ts'
import type { SocketContext } from '../../functions/shared/websocket/socket-handler.ts'
import { REQUEST_ID, TRACEPARENT } from './events.ts'
import { silentTelemetry } from './telemetry.ts'

export const CONNECTION: Connection = {
  connectionId: 'JKJaXmPLvHcESHA=',
  connectedAt: 1_773_342_238_000,
  tenant: 'acme',
  user: 'user-1',
  scopes: new Set(['live']),
}

export interface SocketEventOptions {
  /** @default MESSAGE */
  type?: 'CONNECT' | 'MESSAGE' | 'DISCONNECT'
  /** The message: an object is sent as JSON, a string as it is. */
  body?: unknown
  /** @default false */
  isBase64Encoded?: boolean
  /** The context that the authorizer returned; `null` for a connection without one. @default that of `CONNECTION` */
  authorizer?: Record<string, unknown> | null
}

/** Builds an event of a WebSocket API. */
export function socketEvent({ type = 'MESSAGE', body, ...options }: SocketEventOptions = {}): SocketEvent {
  const { connectionId, connectedAt, tenant, user, scopes } = CONNECTION
  const { isBase64Encoded = false, authorizer = { tenant, user, scopes: [...scopes].join(' '), principalId: user } } =
    options
  return {
    requestContext: {
      routeKey: { CONNECT: '$connect', MESSAGE: '$default', DISCONNECT: '$disconnect' }[type],
      ...(authorizer && { authorizer }),
      ...(type === 'DISCONNECT' && { disconnectStatusCode: 1001 }),
      messageId: 'JKJaXdKLPHcCIPA=',
      eventType: type,
      extendedRequestId: REQUEST_ID,
      requestTime: '12/Mar/2026:19:03:58 +0000',
      messageDirection: 'IN',
      stage: 'live',
      connectedAt,
      requestTimeEpoch: connectedAt + 60_000,
      requestId: REQUEST_ID,
      domainName: 'api.example',
      connectionId,
      apiId: 'api-id',
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    isBase64Encoded,
  }
}

/** Builds the context of an action, without a deadline. */
export function socketContext(connection: Partial<Connection> = {}): SocketContext {
  return {
    connection: { ...CONNECTION, ...connection },
    logger: silentTelemetry().logger,
    signal: new AbortController().signal,
    cause: { correlationId: REQUEST_ID, causationId: null, traceparent: TRACEPARENT },
  }
}
