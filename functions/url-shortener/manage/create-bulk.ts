import { createHash } from 'node:crypto'
import { toProblem } from '../../shared/http/handler.ts'
import type { FieldError, HttpResponse } from '../../shared/http/response.ts'
import { inParallel } from '../../shared/queue/lanes.ts'
import { deadlineSignal } from '../../shared/resilience/deadline.ts'
import { startTimer as realTimer, type StartTimer } from '../../shared/resilience/timer.ts'
import type { Logger } from '../../shared/telemetry/logger.ts'

/** The number of links of a bulk that are created at the same time. */
const BULK_CONCURRENCY = 10
/** The time limit for the links of a bulk, out of the function's 29 seconds: the rest is for the response. */
const BULK_MS = 24_000

/** The outcome of one link of a bulk. */
export interface BulkResult {
  index: number
  status: number
  link?: unknown
  error?: { code: string; message: string; errors?: FieldError[] }
}

export interface Bulk {
  bodies: readonly unknown[]
  operationId: string
  /** Creates the link that a body describes, or throws the problem with it. */
  create: (body: unknown, operationId: string, signal: AbortSignal) => Promise<Pick<BulkResult, 'status' | 'link'>>
  signal: AbortSignal
  logger: Logger
}

/** Creates each link of a bulk independently: neither an invalid nor a slow one prevents the others. */
export async function createLinks(bulk: Bulk, startTimer: StartTimer = realTimer): Promise<BulkResult[]> {
  const deadline = deadlineSignal({ remainingMs: BULK_MS, reserveMs: 0, startTimer })
  const signal = AbortSignal.any([deadline.signal, bulk.signal])
  const results: BulkResult[] = []
  try {
    await inParallel([...bulk.bodies.keys()], BULK_CONCURRENCY, async (index) => {
      results[index] = { index, ...(await outcomeOf(bulk, index, signal)) }
    })
  } finally {
    deadline.dispose()
  }
  return results
}

async function outcomeOf(bulk: Bulk, index: number, signal: AbortSignal): Promise<Omit<BulkResult, 'index'>> {
  try {
    // After the deadline not even a password is hashed.
    signal.throwIfAborted()
    return await bulk.create(bulk.bodies[index], partOf(bulk.operationId, index), signal)
  } catch (error) {
    const { status, code, detail: message, errors } = toProblem(error)
    if (status >= 500) bulk.logger.error('link of a bulk failed', { index, error })
    return { status, error: { code, message, ...(errors && { errors }) } }
  }
}

/** Derives the id of the operation that creates one link of a bulk. It is the same when the bulk is repeated. */
function partOf(operationId: string, index: number): string {
  return createHash('sha256').update(`${operationId}:link:${index}`).digest('base64url').slice(0, 16)
}

/** Decides whether a repeat of a bulk gets the response again, instead of a retry of the links that failed. */
export function isFinal({ status, body }: HttpResponse): boolean {
  const { results = [] } = (status === 207 ? body : {}) as { results?: BulkResult[] }
  return ![status, ...results.map((result) => result.status)].some((one) => one >= 500 || one === 429)
}
