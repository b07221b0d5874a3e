import {
  ApiGatewayManagementApiClient,
  type ApiGatewayManagementApiClientResolvedConfig,
  DeleteConnectionCommand,
  GetConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi'
import { requiredEnv } from '../config/env.ts'
import type { Runtime } from '../runtime.ts'
import { isThrottle } from './call-errors.ts'
import { clientConfig } from './client-config.ts'
import { type CallOptions, type ClientOptions, createSend, logCallEvents, type Send } from './create-send.ts'

/** The outcome of a frame for one connection. */
export type PostOutcome =
  /** API Gateway took it. A retry after a lost response may deliver it twice. */
  | 'sent'
  /** The connection is closed, or not open yet: it is open only after the function of `$connect` has ended. */
  | 'gone'
  /** The account's limit of requests is used up, or this client doesn't read what it is sent. */
  | 'throttled'
  /** It has more than `MAX_POST_BYTES`. */
  | 'too-large'

/** The connections of one stage of a WebSocket API. */
export interface Connections {
  /**
   * Sends a text to a connection. `once` is for callers that retry throttled frames themselves.
   *
   * @throws the SDK's exception when the service refuses for another reason, AppError (retryable) when it fails or is
   * unreachable: the frame may have been delivered.
   */
  post: (connectionId: string, data: string, options?: CallOptions) => Promise<PostOutcome>
  /** Closes a connection. @throws as `post` does, and AppError (retryable) when it is throttled. */
  close: (connectionId: string, options?: CallOptions) => Promise<'closed' | 'gone'>
  /** Checks whether a connection is open. @throws as `close` does. */
  isOpen: (connectionId: string, options?: CallOptions) => Promise<boolean>
}

export interface ConnectionsOptions extends ClientOptions {
  /** The URL of the stage, as in `https://<api>.execute-api.<region>.amazonaws.com/<stage>`. */
  endpoint: string
}

/** API Gateway's limit of a message: 128 KB. Frames of 32 KB are billed as one message each. */
export const MAX_POST_BYTES = 128 * 1024

/** API Gateway responds in 20 ms. */
const TRY_MS = 1000

/**
 * Creates the client of a stage's connections (`@aws-sdk/client-apigatewaymanagementapi`) under our policies: see
 * `createSend`. The function needs `execute-api:ManageConnections` on the stage.
 */
export function createConnections({ endpoint, ...options }: ConnectionsOptions): Connections {
  const client = new ApiGatewayManagementApiClient({
    ...clientConfig({ host: 'execute-api', variable: 'APIGATEWAYMANAGEMENTAPI' }),
    endpoint,
  })
  const send: Send<ApiGatewayManagementApiClientResolvedConfig> = createSend(client, {
    service: 'execute-api',
    tryMs: TRY_MS,
    ...options,
  })
  return {
    async post(ConnectionId, data, callOptions) {
      const Data = Buffer.from(data)
      if (Data.byteLength > MAX_POST_BYTES) return 'too-large'
      try {
        await send(new PostToConnectionCommand({ ConnectionId, Data }), callOptions)
        return 'sent'
      } catch (error) {
        const status = statusOf(error)
        if (status === 410) return 'gone'
        if (status === 413) return 'too-large'
        if (isThrottle(error)) return 'throttled'
        throw error
      }
    },
    async close(ConnectionId, callOptions) {
      const command = new DeleteConnectionCommand({ ConnectionId })
      return (await unlessGone(() => send(command, callOptions))) ? 'closed' : 'gone'
    },
    isOpen: (ConnectionId, callOptions) =>
      unlessGone(() => send(new GetConnectionCommand({ ConnectionId }), callOptions)),
  }
}

/**
 * Creates the connections of the stage that the stack names in `WEBSOCKET_ENDPOINT`, with a client that logs its
 * failures.
 *
 * @throws Error when the variable is missing.
 */
export function connectionsOfEnvironment({ now, random, logger }: Pick<Runtime, 'now' | 'random' | 'logger'>) {
  const onEvent = logCallEvents(logger, 'execute-api')
  return createConnections({ endpoint: requiredEnv('WEBSOCKET_ENDPOINT'), now, random, onEvent })
}

async function unlessGone(call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call()
    return true
  } catch (error) {
    if (statusOf(error) === 410) return false
    throw error
  }
}

/** Returns the status of a refusal: API Gateway doesn't always name its exception. */
function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode
}
