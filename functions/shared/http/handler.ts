import type { APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda'
import { AppError } from '../errors.ts'
import { errorFields, type Log } from '../telemetry/logger.ts'
import { type HttpEvent, type HttpRequest, toRequest } from './request.ts'
import { HttpProblem, type HttpResponse, type Problem, problemResponse } from './response.ts'

export type HttpRoute = (request: HttpRequest) => Promise<HttpResponse>
export type HttpLambda = (event: HttpEvent, context: Context) => Promise<APIGatewayProxyStructuredResultV2>

export interface HttpHandlerOptions {
  /** Keyed by API Gateway's `routeKey`, as in `GET /{code}`, or `$default`. */
  routes: Record<string, HttpRoute>
  log: Log
  /** Milliseconds since the epoch. */
  now: () => number
  /** Headers of every answer of this function, instead of or beside the common ones. */
  headers?: Record<string, string>
}

const COMMON_HEADERS = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
}

/**
 * The Lambda function of an HTTP API: finds the route, runs it, turns whatever it throws into a problem, adds the
 * common headers, and logs one line a request. What a client sees of an unknown error is a 500 with the request's id.
 */
export function httpHandler({ routes, log, now, headers }: HttpHandlerOptions): HttpLambda {
  const commonHeaders = { ...COMMON_HEADERS, ...headers }
  let coldStart = true
  return async (event, context) => {
    const start = now()
    const request = toRequest(event)
    const fields = {
      cold_start: coldStart,
      function_name: context.functionName,
      function_request_id: context.awsRequestId,
      correlation_id: request.requestId,
      route: request.routeKey,
    }
    coldStart = false
    const response = await run(routes[request.routeKey], request, (error) =>
      log('ERROR', 'request failed', { ...fields, ...errorFields(error) }),
    )
    log('INFO', 'request', { ...fields, http_status: response.statusCode, latency_ms: now() - start })
    return { ...response, headers: { ...commonHeaders, 'x-request-id': request.requestId, ...response.headers } }
  }
}

async function run(
  route: HttpRoute | undefined,
  request: HttpRequest,
  onFailure: (error: unknown) => void,
): Promise<APIGatewayProxyStructuredResultV2> {
  try {
    if (!route) throw new Error(`No route for ${request.routeKey}: the stack and the function disagree.`)
    return serialise(request, await route(request))
  } catch (error) {
    const problem = toProblem(error)
    if (problem.status >= 500) onFailure(error)
    return serialise(request, problemResponse(problem, request.requestId))
  }
}

function toProblem(error: unknown): Problem {
  if (error instanceof HttpProblem) return error.problem
  if (error instanceof AppError && error.retryable) {
    return {
      status: 503,
      code: 'unavailable',
      detail: 'This can not be done right now. Try again soon.',
      headers: { 'retry-after': '1' },
    }
  }
  return { status: 500, code: 'internal-error', detail: 'Something went wrong on our side.' }
}

function serialise(request: HttpRequest, { status, headers, body }: HttpResponse): APIGatewayProxyStructuredResultV2 {
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
  return {
    statusCode: status,
    ...(headers && { headers }),
    // A HEAD's answer has the headers of a GET's and no body (RFC 9110, section 9.3.2).
    ...(text !== undefined && request.method !== 'HEAD' && { body: text }),
  }
}
