import { EventBridgeClient, type EventBridgeClientResolvedConfig } from '@aws-sdk/client-eventbridge'
import { clientConfig } from './client-config.ts'
import { type ClientOptions, createSend, type Send } from './create-send.ts'

/**
 * Sends commands of `@aws-sdk/client-eventbridge` under our policies: see `createSend`. A response to PutEvents may
 * contain both failed and successful entries.
 */
export interface EventBridge {
  send: Send<EventBridgeClientResolvedConfig>
}

/** Ten events of 64 KB each take a tenth of this. */
const TRY_MS = 2000

/**
 * Creates the client for the function's own region, account and role; PutEvents needs `events:PutEvents` on the bus.
 */
export function createEventBridge(options: ClientOptions): EventBridge {
  const client = new EventBridgeClient({
    ...clientConfig({ host: 'events', variable: 'EVENTBRIDGE' }),
    // Only global endpoints are signed for several regions.
    sigv4aSigningRegionSet: async () => undefined,
  })
  return { send: createSend(client, { service: 'events', tryMs: TRY_MS, ...options }) }
}
