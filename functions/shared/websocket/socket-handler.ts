import type { APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda'
import { AppError } from '../errors.ts'
import type { Cause } from '../events/event.ts'
import { type InstrumentOptions, type Invocation, instrument } from '../telemetry/instrument.ts'
import type { Logger } from '../telemetry/logger.ts'
import { counter, type Metrics } from '../telemetry/metrics.ts'
import { formatTraceparent } from '../telemetry/trace.ts'
import { excerpt, wellFormedJson } from '../well-formed.ts'
import { type Connection, type SocketEvent, toConnection } from './connection.ts'
import { type Frame, type FrameId, type ParsedFrame, parseFrame } from './frame.ts'

/** The codes with which the handler itself refuses a frame; an action may use them, too. */
export type FrameCode = 'INVALID' | 'UNAVAILABLE'

/** A refusal, as its ack says it. */
export interface Refusal<Code extends string = string> {
  ok: false
  /** A stable code: the one field that a client switches on. */
  code: Code | FrameCode
  /** A sentence for a person that says what is wrong and what to do. */
  message: string
  /** The time in milliseconds after which the same action may succeed. */
  retryAfterMs?: number
}

/** The result of an action: the ack has its members, beside `t` and `id`. */
export type ActionResult<Code extends string = string> = ({ ok: true } & Record<string, unknown>) | Refusal<Code>

/** The context of an event of a connection. */
export interface SocketContext {
  readonly connection: Connection
  /** A logger whose lines have the ids of the event. */
  readonly logger: Logger
  /** Aborts shortly before the function times out: pass it to every call. */
  readonly signal: AbortSignal
  /** The cause of the effects of this event. */
  readonly cause: Cause
}

/** Runs an action; `action` of `action.ts` checks the frame's fields against a schema first. */
export type SocketAction = (frame: Frame, context: SocketContext) => Promise<ActionResult>

/** Actions by the name in a frame's `action`. */
export type Actions = Readonly<Record<string, SocketAction>>

export const SOCKET_METRICS = ['SocketEventsFailed'] as const

export interface SocketHandlerOptions extends InstrumentOptions {
  /**
   * Counts the events whose handling failed: API Gateway can't, because the ack of a failed action is a successful
   * response.
   */
  metrics: Metrics<(typeof SOCKET_METRICS)[number]>
  /** @default none */
  actions?: Actions
  /** Runs before a connection opens; if it rejects, the upgrade is refused. Nothing can be sent to it yet. */
  connect?: (context: SocketContext) => Promise<unknown>
  /** Runs after a connection was closed. API Gateway calls it at most once, and sometimes never. */
  disconnect?: (context: SocketContext) => Promise<unknown>
}

export type SocketLambda = (event: SocketEvent, context: Context) => Promise<APIGatewayProxyStructuredResultV2>

/**
 * Creates the Lambda function of any routes of a WebSocket API. A frame is answered by an ack, which is the function's
 * response (docs/decisions/0017). Events are told apart by their type, and not by their route: a client can name any
 * route.
 */
export function socketHandler(options: SocketHandlerOptions): SocketLambda {
  const { actions = {}, connect, disconnect, ...telemetry } = options
  const count = counter(telemetry.metrics)
  const correlate = ({ requestContext }: SocketEvent) => ({ correlationId: requestContext.requestId })
  return instrument(telemetry)(correlate, async (event: SocketEvent, invocation) => {
    const { eventType, connectionId, disconnectStatusCode, authorizer } = event.requestContext
    invocation.describe({ route: eventType, connection_id: connectionId, disconnect_code: disconnectStatusCode })
    const work: Work = {
      context: () => contextOf(event, invocation),
      describe: invocation.describe,
      fail(error) {
        invocation.logger.error('socket event failed', { error })
        count('SocketEventsFailed')
        return error instanceof AppError && error.retryable
      },
    }
    if (eventType === 'DISCONNECT' && !authorizer) return refused(work)
    if (eventType !== 'MESSAGE') return follow(eventType === 'CONNECT' ? connect : disconnect, work)
    return { statusCode: 200, body: await answer(parseFrame(event), actions, work) }
  })
}

/** The parts of the invocation that the handling of an event needs. */
interface Work {
  context: () => SocketContext
  describe: Invocation['describe']
  /** Logs and counts a failure. @returns true if the same event may succeed when it is repeated. */
  fail: (error: unknown) => boolean
}

/** Runs the action that a frame names, and returns its ack. */
async function answer(parsed: ParsedFrame, actions: Actions, { context, describe, fail }: Work): Promise<string> {
  const ack = (id: FrameId | null, result: ActionResult) => {
    const text = wellFormedJson({ ...result, t: 'ack', id })
    describe({ ack: result.ok ? 'ok' : result.code })
    return text
  }
  if (!('frame' in parsed)) return ack(parsed.id, { ok: false, code: 'INVALID', message: parsed.message })
  const { frame } = parsed
  const run = Object.hasOwn(actions, frame.action) ? actions[frame.action] : undefined
  if (!run) return ack(frame.id, unknownAction(frame))
  // Only now: a name that is no action's is the client's own text, which no log may hold.
  describe({ action: frame.action })
  try {
    return ack(frame.id, await run(frame, context()))
  } catch (error) {
    return ack(frame.id, fail(error) ? TRY_AGAIN : BROKEN)
  }
}

const TRY_AGAIN: Refusal = { ok: false, code: 'UNAVAILABLE', message: 'Try again soon.', retryAfterMs: 1000 }
const BROKEN: Refusal = { ok: false, code: 'UNAVAILABLE', message: 'Something went wrong on our side.' }

function unknownAction({ action }: Frame): Refusal {
  return { ok: false, code: 'INVALID', message: `There is no action "${excerpt(action, 100)}".` }
}

/** Runs what follows the opening or the end of a connection. Any other status than 200 refuses an upgrade. */
async function follow(
  step: SocketHandlerOptions['connect'],
  { context, describe, fail }: Work,
): Promise<APIGatewayProxyStructuredResultV2> {
  try {
    await step?.(context())
    return { statusCode: 200 }
  } catch (error) {
    const statusCode = fail(error) ? 503 : 500
    describe({ http_status: statusCode })
    return { statusCode }
  }
}

/** Ignores the end of a connection that the authorizer refused, so that it never was one. */
function refused({ describe }: Work): APIGatewayProxyStructuredResultV2 {
  describe({ outcome: 'denied' })
  return { statusCode: 200 }
}

function contextOf(event: SocketEvent, { logger, signal, trace }: Invocation): SocketContext {
  const { requestId } = event.requestContext
  const cause = { correlationId: requestId, causationId: null, traceparent: formatTraceparent(trace) }
  return { connection: toConnection(event), logger, signal, cause }
}
