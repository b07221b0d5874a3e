import { DynamoDBClient, type DynamoDBClientResolvedConfig } from '@aws-sdk/client-dynamodb'
import { timeout } from '../resilience/timeout.ts'
import { startTimer } from '../resilience/timer.ts'
import { clientConfig } from './client-config.ts'
import { type ClientOptions, createSend, type Send } from './create-send.ts'

/** Sends commands of `@aws-sdk/client-dynamodb` and `@aws-sdk/lib-dynamodb` under our policies: see `createSend`. */
export interface DynamoDB {
  send: Send<DynamoDBClientResolvedConfig>
}

/** DynamoDB responds in 5 ms, and opening a connection takes 10. */
const TRY_MS = 1000

/** Creates the client for the function's own region, account and role. One serves all tables of a function. */
export function createDynamoDB(options: ClientOptions): DynamoDB {
  const client = new DynamoDBClient({
    ...clientConfig({ host: 'dynamodb', variable: 'DYNAMODB' }),
    accountIdEndpointMode: 'disabled',
    endpointDiscoveryEnabled: false,
    endpointDiscoveryEnabledProvider: async () => false,
  })
  // Commands of lib-dynamodb look here for what `DynamoDBDocumentClient.from` sets: functions that send none need not
  // bundle that client.
  Object.assign(client.config, { translateConfig: { marshallOptions: { removeUndefinedValues: true } } })
  return { send: createSend(client, { service: 'dynamodb', tryMs: TRY_MS, ...options }) }
}

/** The time by which `prewarm` may delay the function's start, for which Lambda allows 10 seconds. */
const PREWARM_MS = 1000

/**
 * Makes one call while the function initialises, when Lambda grants it a whole core: the first request then finds the
 * connection open and the code compiled. A database that fails or is slow must not fail the start.
 */
export async function prewarm(ping: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  await timeout({ ms: PREWARM_MS, startTimer })(ping).catch(() => undefined)
}
