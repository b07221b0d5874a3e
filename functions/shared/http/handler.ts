import type { APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda'
import { AppError } from '../errors.ts'
import { type InstrumentOptions, instrument } from '../telemetry/instrument.ts'
import { formatTraceparent } from '../telemetry/trace.ts'
import { wellFormedJson } from '../well-formed.ts'
import { applyConditions } from './conditions.ts'
import { type HttpEvent, type HttpRequest, toRequest } from './request.ts'
import { HttpProblem, type HttpResponse, type Problem, problemResponse } from './response.ts'

export type HttpRoute = (request: HttpRequest) => Promise<HttpResponse>
export type HttpLambda = (event: HttpEvent, context: Context) => Promise<APIGatewayProxyStructuredResultV2>

export interface HttpHandlerOptions extends InstrumentOptions {
  /** Routes by API Gateway's `routeKey`, such as `GET /{code}` or `$default`. */
  routes: Record<string, HttpRoute>
  /** Headers of every response of this function, which override or extend the common ones. */
  headers?: Record<string, string>
}

const COMMON_HEADERS = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  // Without `includeSubDomains`: other hosts below the domain may belong to somebody else, and use plain HTTP.
  'strict-transport-security': 'max-age=31536000',
  'x-content-type-options': 'nosniff',
}

/**
 * Creates the Lambda function of an HTTP API: it finds and runs the route, applies the request's conditions to its
 * response, turns an error into a problem, and adds the common headers. A client sees an unknown error as a 500 with
 * the request's id.
 */
export function httpHandler({ routes, headers, ...telemetry }: HttpHandlerOptions): HttpLambda {
  const commonHeaders = { ...COMMON_HEADERS, ...headers }
  const correlate = ({ headers, requestContext }: HttpEvent) => ({
    correlationId: requestContext.requestId,
    traceparent: headers.traceparent,
    xray: headers['x-amzn-trace-id'],
  })
  return instrument(telemetry)(correlate, async (event: HttpEvent, { signal, logger, trace, describe }) => {
    const request = toRequest(event, { signal, logger, traceparent: formatTraceparent(trace) })
    const answer = await run(routes[request.routeKey], request)
    describe({ route: request.routeKey, http_status: answer.statusCode })
    return { ...answer, headers: { ...commonHeaders, 'x-request-id': request.requestId, ...answer.headers } }
  })
}

async function run(route: HttpRoute | undefined, request: HttpRequest): Promise<APIGatewayProxyStructuredResultV2> {
  try {
    if (!route) throw new Error(`No route for ${request.routeKey}: the stack and the function disagree.`)
    return serialise(request, applyConditions(request, await route(request)))
  } catch (error) {
    return serialise(request, failureResponse(error, request))
  }
}

/** Returns the response to a failed request, for programs. */
export function failureResponse(error: unknown, request: HttpRequest): HttpResponse {
  return problemResponse(failureProblem(error, request), request.requestId)
}

/** Returns the problem of a failed request, and logs the error if it is unexpected. */
export function failureProblem(error: unknown, { routeKey, logger }: HttpRequest): Problem<string> {
  const problem = toProblem(error)
  if (problem.status >= 500) logger.error('request failed', { route: routeKey, error })
  return problem
}

/** Returns the problem that a client sees: all of an HttpProblem, and as little as possible of any other error. */
export function toProblem(error: unknown): Problem<string> {
  if (error instanceof HttpProblem) return error.problem
  if (error instanceof AppError && error.retryable) {
    return {
      status: 503,
      code: 'unavailable',
      detail: 'The request cannot be handled right now. Try again soon.',
      headers: { 'retry-after': '1' },
    }
  }
  return { status: 500, code: 'internal-error', detail: 'Something went wrong on our side.' }
}

function serialise(request: HttpRequest, response: HttpResponse): APIGatewayProxyStructuredResultV2 {
  const { status, headers, cookies, body } = response
  return {
    statusCode: status,
    ...(headers && { headers }),
    ...(cookies && { cookies }),
    // A response to HEAD has the headers of GET and no body (RFC 9110, section 9.3.2).
    ...(body !== undefined && request.method !== 'HEAD' && encode(body)),
  }
}

/** Encodes a body for API Gateway, which takes bytes as base64 and sends them decoded. */
function encode(body: unknown): { body: string; isBase64Encoded?: true } {
  if (body instanceof Uint8Array) return { body: Buffer.from(body).toString('base64'), isBase64Encoded: true }
  return { body: typeof body === 'string' ? body.toWellFormed() : wellFormedJson(body) }
}
