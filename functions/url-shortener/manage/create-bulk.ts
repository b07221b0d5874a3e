import { createHash } from 'node:crypto'
import { toProblem } from '../../shared/http/handler.ts'
import type { FieldError, HttpResponse } from '../../shared/http/response.ts'
import { inParallel } from '../../shared/queue/lanes.ts'
import { deadlineSignal } from '../../shared/resilience/deadline.ts'
import { startTimer as realTimer, type StartTimer } from '../../shared/resilience/timer.ts'
import type { Logger } from '../../shared/telemetry/logger.ts'

/** Links of a bulk that are made at the same time. */
const BULK_CONCURRENCY = 10
/** What the links of a bulk may take, of the 29 seconds that the function has: the rest is for the answer. */
const BULK_MS = 24_000

/** What became of one link of a bulk. */
export interface BulkResult {
  index: number
  status: number
  link?: unknown
  error?: { code: string; message: string; errors?: FieldError[] }
}

export interface Bulk {
  bodies: readonly unknown[]
  operationId: string
  /** Makes the link that a body asks for, or throws the problem with it. */
  create: (body: unknown, operationId: string, signal: AbortSignal) => Promise<Pick<BulkResult, 'status' | 'link'>>
  signal: AbortSignal
  logger: Logger
}

/** Makes each link of a bulk on its own: neither a wrong one nor a slow one keeps the others from being made. */
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
    // What is not begun in time must not be hashed, either.
    signal.throwIfAborted()
    return await bulk.create(bulk.bodies[index], partOf(bulk.operationId, index), signal)
  } catch (error) {
    const { status, code, detail: message, errors } = toProblem(error)
    if (status >= 500) bulk.logger.error('link of a bulk failed', { index, error })
    return { status, error: { code, message, ...(errors && { errors }) } }
  }
}

/** The operation that makes one link of a bulk: the same again when the bulk is. */
function partOf(operationId: string, index: number): string {
  return createHash('sha256').update(`${operationId}:link:${index}`).digest('base64url').slice(0, 16)
}

/** Whether a repeat of a bulk may get the answer again, rather than another try at the links that could not be made. */
export function isFinal({ status, body }: HttpResponse): boolean {
  const { results = [] } = (status === 207 ? body : {}) as { results?: BulkResult[] }
  return ![status, ...results.map((result) => result.status)].some((one) => one >= 500 || one === 429)
}
