import type { APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda'
import { AppError } from '../errors.ts'
import type { Cause } from '../events/event.ts'
import { type InstrumentOptions, type Invocation, instrument } from '../telemetry/instrument.ts'
import type { Logger } from '../telemetry/logger.ts'
import { formatTraceparent } from '../telemetry/trace.ts'
import { excerpt, wellFormedJson } from '../well-formed.ts'
import { type Connection, type SocketEvent, toConnection } from './connection.ts'
import { type Frame, type FrameId, parseFrame } from './frame.ts'

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

export interface SocketHandlerOptions extends InstrumentOptions {
  /** Actions by the name in a frame's `action`. @default none */
  actions?: Readonly<Record<string, SocketAction>>
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
export function socketHandler({ actions = {}, connect, disconnect, ...telemetry }: SocketHandlerOptions): SocketLambda {
  const correlate = ({ requestContext }: SocketEvent) => ({ correlationId: requestContext.requestId })
  return instrument(telemetry)(correlate, async (event: SocketEvent, invocation) => {
    const { eventType, connectionId, disconnectStatusCode } = event.requestContext
    invocation.describe({ route: eventType, connection_id: connectionId, disconnect_code: disconnectStatusCode })
    if (eventType === 'MESSAGE') {
      const ack = await answer(event, actions, invocation)
      return { statusCode: 200, body: wellFormedJson(ack) }
    }
    return follow(event, eventType === 'CONNECT' ? connect : disconnect, invocation)
  })
}

type Ack = { t: 'ack'; id: FrameId | null } & ActionResult

async function answer(
  event: SocketEvent,
  actions: Readonly<Record<string, SocketAction>>,
  { describe, ...invocation }: Invocation,
): Promise<Ack> {
  const parsed = parseFrame(event)
  if (!('frame' in parsed)) {
    describe({ ack: 'INVALID' })
    return { t: 'ack', id: parsed.id, ok: false, code: 'INVALID', message: parsed.message }
  }
  const { frame } = parsed
  const run = Object.hasOwn(actions, frame.action) ? actions[frame.action] : undefined
  // A name that is no action's is the client's own text, which no log may hold.
  if (run) describe({ action: frame.action })
  const result = run
    ? await runAction(() => run(frame, contextOf(event, invocation)), invocation.logger)
    : unknown(frame)
  describe({ ack: result.ok ? 'ok' : result.code })
  return { ...result, t: 'ack', id: frame.id }
}

function unknown({ action }: Frame): Refusal {
  return { ok: false, code: 'INVALID', message: `There is no action "${excerpt(action, 100)}".` }
}

async function runAction(run: () => Promise<ActionResult>, logger: Logger): Promise<ActionResult> {
  try {
    return await run()
  } catch (error) {
    logger.error('action failed', { error })
    return isPassing(error)
      ? { ok: false, code: 'UNAVAILABLE', message: 'Try again soon.', retryAfterMs: 1000 }
      : { ok: false, code: 'UNAVAILABLE', message: 'Something went wrong on our side.' }
  }
}

/** Runs what follows the opening or the end of a connection. API Gateway counts a failure by its status. */
async function follow(
  event: SocketEvent,
  step: ((context: SocketContext) => Promise<unknown>) | undefined,
  { describe, ...invocation }: Invocation,
): Promise<APIGatewayProxyStructuredResultV2> {
  try {
    await step?.(contextOf(event, invocation))
    return { statusCode: 200 }
  } catch (error) {
    invocation.logger.error('connection event failed', { error })
    const statusCode = isPassing(error) ? 503 : 500
    describe({ http_status: statusCode, outcome: 'failed' })
    return { statusCode }
  }
}

function contextOf(event: SocketEvent, { logger, signal, trace }: Omit<Invocation, 'describe'>): SocketContext {
  const { requestId } = event.requestContext
  const cause = { correlationId: requestId, causationId: null, traceparent: formatTraceparent(trace) }
  return { connection: toConnection(event), logger, signal, cause }
}

function isPassing(error: unknown): boolean {
  return error instanceof AppError && error.retryable
}
