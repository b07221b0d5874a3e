import { AppError } from '../../errors.ts'
import { failureResponse, type HttpRoute } from '../../http/handler.ts'
import type { HttpRequest } from '../../http/request.ts'
import { HttpProblem, type HttpResponse, problemResponse } from '../../http/response.ts'
import type { Check, Decided, Limit, WindowPolicy } from '../policy.ts'
import { type Waiting, waitForLimit } from '../wait-for-limit.ts'
import { longestRetryMs, quotaProblem, rateLimitFields } from './rate-limit-fields.ts'

/** The checks of an input: any number of them, or one policy for one subject. */
export type CheckSource<Input> =
  | { checksOf: (input: Input, signal: AbortSignal) => readonly Check[] | Promise<readonly Check[]> }
  | { policy: WindowPolicy; subject: (input: Input, signal: AbortSignal) => string | Promise<string> }

export type RateLimitOptions<Input> = CheckSource<Input> & {
  limit: Limit
  /** Lets callers wait instead of being denied. @default nobody waits */
  waiting?: Waiting
}

/** The outcome of a call: it was made, or it was denied and not made. */
export type Limited<Output> =
  | { outcome: 'done'; value: Output }
  /** Milliseconds from now; `null` when it can never pass. */
  | { outcome: 'limited'; retryAfterMs: number | null; decided: Decided }

/**
 * Makes a function run only when its limits allow it.
 *
 * @throws what the function throws, what `checksOf` or `subject` throws, and what the limit throws.
 */
export function rateLimited<Input, Output>(
  work: (input: Input, signal: AbortSignal) => Promise<Output>,
  options: RateLimitOptions<Input>,
): (input: Input, signal: AbortSignal) => Promise<Limited<Output>> {
  const decide = decider(options)
  return async (input, signal) => {
    const { decided } = await decide(input, signal)
    if (!decided.allowed) return { outcome: 'limited', retryAfterMs: longestRetryMs(decided), decided }
    return { outcome: 'done', value: await work(input, signal) }
  }
}

/**
 * Makes an HTTP route run only when its limits allow it, and answer 429 (`quotaProblem`) otherwise. Each of its answers,
 * problems and failures too, has the fields of its limits (`rateLimitFields`).
 *
 * @throws HttpProblem 422 `invalid-input`, without those fields, for a subject that can't be counted; and what
 * `checksOf` or `subject` throws.
 */
export function withRateLimit(route: HttpRoute, options: RateLimitOptions<HttpRequest>): HttpRoute {
  const decide = decider({ ...options, limit: refusing(options.limit) })
  return async (request) => {
    const { checks, decided } = await decide(request, request.signal)
    const response = decided.allowed
      ? await answerOf(route, request)
      : problemResponse(quotaProblem(decided), request.requestId)
    return withFields(response, rateLimitFields(checks, decided.decisions))
  }
}

/** Turns a subject that is too long or empty into a 422: it is made of what the client sent. */
function refusing(limit: Limit): Limit {
  return async (checks, signal) => {
    try {
      return await limit(checks, signal)
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'invalid-input') throw error
      const detail = 'The subject by which the request is counted is missing or too long.'
      throw new HttpProblem({ status: 422, code: 'invalid-input', detail })
    }
  }
}

/** Adds fields before those of an inner limit: all of them are lists. */
function withFields(response: HttpResponse, fields: Record<string, string>): HttpResponse {
  const headers = { ...response.headers }
  for (const [name, value] of Object.entries(fields)) {
    headers[name] = headers[name] === undefined ? value : `${value}, ${headers[name]}`
  }
  return { ...response, headers }
}

function decider<Input>({ limit, waiting, ...source }: RateLimitOptions<Input>) {
  const decide = waiting ? waitForLimit(limit, waiting) : limit
  const checksOf =
    'checksOf' in source
      ? source.checksOf
      : async (input: Input, signal: AbortSignal): Promise<Check[]> => [
          { policy: source.policy, subject: await source.subject(input, signal) },
        ]
  return async (input: Input, signal: AbortSignal) => {
    const checks = await checksOf(input, signal)
    return { checks, decided: await decide(checks, signal) }
  }
}

/** Turns a failure into an answer, and logs it, because a thrown one could carry no fields. */
async function answerOf(route: HttpRoute, request: HttpRequest): Promise<HttpResponse> {
  try {
    return await route(request)
  } catch (error) {
    return failureResponse(error, request)
  }
}
