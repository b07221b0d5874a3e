import type { BroadcastTurn } from '../domain/broadcast.ts'

/** Sends turns of broadcasts to their workers. */
export type SendBroadcastTurns = (turns: readonly BroadcastTurn[], signal: AbortSignal) => Promise<void>

/**
 * Reads the turn of a broadcast from the body of a message, or from a broadcast itself.
 *
 * @throws Error if it is none.
 */
export function readBroadcastTurn(body: unknown): BroadcastTurn {
  const { tenant, id, cause } = Object(body)
  const { correlationId, traceparent } = Object(cause)
  if (![tenant, id, correlationId, traceparent].every((field) => typeof field === 'string' && field !== '')) {
    throw new Error('The message is no turn of a broadcast')
  }
  return { tenant, id, cause: { correlationId, traceparent } }
}
