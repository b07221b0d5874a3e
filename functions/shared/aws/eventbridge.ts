import { type CallOptions, type ClientOptions, createHouseCall } from './house-call.ts'
import type { JsonService } from './json-call.ts'

export interface PutEventsEntry {
  EventBusName: string
  Source: string
  DetailType: string
  /** JSON. */
  Detail: string
  /** Seconds since the epoch. */
  Time: number
}

/** What became of the entry at the same place of the request: an id, or what was wrong. */
export interface PutEventsResult {
  EventId?: string
  ErrorCode?: string
  ErrorMessage?: string
}

/**
 * Puts up to 10 events on their buses under the house policies. An answer may hold failed entries beside good ones.
 *
 * @throws AwsError when EventBridge refuses the whole request, AppError (retryable) when it fails, throttles or is out
 * of reach.
 */
export type PutEvents = (
  input: { Entries: readonly PutEventsEntry[] },
  options?: CallOptions,
) => Promise<{ Entries?: PutEventsResult[] }>

const EVENT_BRIDGE: JsonService = { name: 'events', target: 'AWSEvents', version: '1.1' }

/** Ten events of 64 KB each take a tenth of this. */
const TRY_MS = 2000

/** The EventBridge of the function's own region, account and role; it needs `events:PutEvents` on the bus. */
export function createPutEvents(options: ClientOptions): PutEvents {
  const call = createHouseCall({ service: EVENT_BRIDGE, variable: 'EVENTBRIDGE', tryMs: TRY_MS, ...options })
  return (input, callOptions) => call('PutEvents', input, callOptions)
}
