import { createHash } from 'node:crypto'
import { toProblem } from '../../shared/http/handler.ts'
import type { FieldError, HttpResponse } from '../../shared/http/response.ts'
import { inParallel } from '../../shared/queue/lanes.ts'
import { deadlineSignal } from '../../shared/resilience/deadline.ts'
import type { StartTimer } from '../../shared/resilience/timer.ts'
import type { Logger } from '../../shared/telemetry/logger.ts'
import type { Request } from './accept.ts'
import { accepted, refused } from './problems.ts'
import { type SharedRequest, wrongTimes } from './request.ts'
import { createSend, type SendDeps, type SendProblem } from './send.ts'

/** The number of recipients that are handled at the same time. */
const BULK_CONCURRENCY = 20
/** The time for all recipients, out of the function's 29 seconds: the rest is for the response. */
const BULK_MS = 24_000

export interface BulkDeps extends SendDeps {
  logger: Logger
  startTimer: StartTimer
}

export interface Bulk {
  readonly recipients: readonly unknown[]
  /** Reads a recipient, or throws the problem with it; `id` is that of the recipient's own key. */
  readonly parse: (recipient: unknown) => { readonly id: string | undefined; readonly request: Request }
  readonly operationId: string
  readonly shared: SharedRequest
}

/** The outcome of one recipient of a bulk. */
export interface BulkResult {
  readonly index: number
  readonly id?: string
  readonly error?: { readonly code: string; readonly message: string; readonly errors?: FieldError[] }
}

/** Codes of failures that may pass: a repeat of the bulk tries these recipients again. */
const PASSING = new Set(['unavailable', 'internal-error', 'rate-limited'])

/**
 * Sends a notification to each recipient independently: neither an invalid nor a slow one prevents the others. Category
 * and template are read once.
 *
 * @throws HttpProblem 422 `unknown-category`, `unknown-template`, or `invalid-input` for its times, which are the same
 * for all, unless some were accepted before.
 */
export async function sendBulk(deps: BulkDeps, bulk: Bulk, outer: AbortSignal): Promise<BulkResult[]> {
  const { recipients, parse, operationId, shared } = bulk
  const deadline = deadlineSignal({ remainingMs: BULK_MS, reserveMs: 0, startTimer: deps.startTimer })
  const signal = AbortSignal.any([deadline.signal, outer])
  const wrong = wrongTimes(shared, deps.now())
  const common = await readOnce(deps, shared, outer)
  const problem = wrong ?? common.problem
  const send = createSend(common.deps)
  const results: BulkResult[] = []
  try {
    await inParallel([...recipients.keys()], BULK_CONCURRENCY, async (index) => {
      results[index] = await outcomeOf(deps.logger, index, async () => {
        signal.throwIfAborted()
        const { id: ofKey, request } = parse(recipients[index])
        const id = ofKey ?? partOf(operationId, index)
        return accepted(await send({ request, id, isOfKey: ofKey !== undefined, problem }, signal)).id
      })
    })
  } finally {
    deadline.dispose()
  }
  if (problem && results.every(({ error }) => error && !PASSING.has(error.code))) throw refused(problem)
  return results
}

/** Reads what all recipients share, and answers with it from then on; `problem`, if some of it is unknown. */
async function readOnce(deps: SendDeps, { tenant, category: name, source }: SharedRequest, signal: AbortSignal) {
  const category = await deps.readCategory({ tenant, name }, signal)
  const template = 'template' in source ? await deps.readTemplate({ tenant, name: source.template }, signal) : undefined
  let problem: SendProblem | undefined
  if ('template' in source && !template) problem = { outcome: 'unknown-template' }
  if (!category) problem = { outcome: 'unknown-category' }
  return { problem, deps: { ...deps, readCategory: async () => category, readTemplate: async () => template } }
}

async function outcomeOf(logger: Logger, index: number, work: () => Promise<string>): Promise<BulkResult> {
  try {
    return { index, id: await work() }
  } catch (error) {
    const { status, code, detail: message, errors } = toProblem(error)
    if (status >= 500) logger.error('recipient of a bulk failed', { index, error })
    return { index, error: { code, message, ...(errors && { errors }) } }
  }
}

/** Derives the id of a recipient without a key. It is the same when the bulk is repeated. */
function partOf(operationId: string, index: number): string {
  return createHash('sha256').update(`${operationId}:recipient:${index}`).digest('base64url').slice(0, 16)
}

/** Decides whether a repeat of a bulk gets the response again, instead of a retry of the recipients that failed. */
export function isFinal({ status, body }: HttpResponse): boolean {
  if (status >= 500 || status === 429) return false
  const { results = [] } = (status === 207 ? body : {}) as { results?: readonly BulkResult[] }
  return !results.some(({ error }) => error && PASSING.has(error.code))
}
