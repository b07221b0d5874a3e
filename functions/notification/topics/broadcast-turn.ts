import type { BroadcastTurn } from '../domain/broadcast.ts'
import { PRIORITIES, type Priority } from '../domain/channel.ts'

/** Sends turns of broadcasts to their workers. */
export type SendBroadcastTurns = (turns: readonly BroadcastTurn[], signal: AbortSignal) => Promise<void>

/**
 * Reads the turn of a broadcast from the body of a message, or from a broadcast itself.
 *
 * @throws Error if it is none.
 */
export function readBroadcastTurn(body: unknown): BroadcastTurn {
  const { tenant, id, priority, cause } = Object(body)
  const { correlationId, traceparent } = Object(cause)
  const isWhole = [tenant, id, correlationId, traceparent].every((field) => typeof field === 'string' && field !== '')
  if (!isWhole || !isPriority(priority)) throw new Error('The message is not a turn of a broadcast')
  return { tenant, id, priority, cause: { correlationId, traceparent } }
}

function isPriority(value: unknown): value is Priority {
  return (PRIORITIES as readonly unknown[]).includes(value)
}
