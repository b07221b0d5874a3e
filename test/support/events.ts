import type { Context } from 'aws-lambda'
import { type HttpEvent, type HttpRequest, toRequest } from '../../functions/shared/http/request.ts'
import type { Logger } from '../../functions/shared/telemetry/logger.ts'
import { silentTelemetry } from './telemetry.ts'

/** The parts of a request that a test sets; the rest is as API Gateway sends it. */
export interface EventOptions {
  /** The route key, as in `POST /v1/links` or `$default`. */
  routeKey: string
  /** @default the route's own method, GET for `$default` */
  method?: string
  /** @default the route's own path */
  path?: string
  params?: Record<string, string>
  /** The query without the question mark. */
  rawQuery?: string
  /** Cookies, as in `name=value`. */
  cookies?: string[]
  /** Headers with lower-case names, as API Gateway sends them. */
  headers?: Record<string, string>
  /** Claims that the JWT authorizer verified; absent on a public route. */
  claims?: Record<string, string>
  /** A Buffer is sent as base64, a string as it is. */
  body?: string | Buffer
}

export const REQUEST_ID = 'JKJaXmPLvHcESHA='
export const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

/** Builds an event of an HTTP API, payload format 2.0. */
export function httpEvent(options: EventOptions): HttpEvent {
  const { routeKey, params, claims, body } = options
  const [routeMethod = 'GET', routePath = '/'] = routeKey === '$default' ? [] : routeKey.split(' ', 2)
  const method = options.method ?? routeMethod
  const path = options.path ?? routePath
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: options.rawQuery ?? '',
    ...(options.cookies && { cookies: options.cookies }),
    headers: { accept: '*/*', host: 'api.example', ...options.headers },
    ...(params && { pathParameters: params }),
    requestContext: {
      accountId: '123456789012',
      apiId: 'api-id',
      ...(claims && { authorizer: { principalId: '', integrationLatency: 0, jwt: { claims, scopes: [] } } }),
      domainName: 'api.example',
      domainPrefix: 'api',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '203.0.113.7', userAgent: 'a-browser' },
      requestId: REQUEST_ID,
      routeKey,
      stage: '$default',
      time: '12/Mar/2026:19:03:58 +0000',
      timeEpoch: 1_773_342_238_000,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : body.toString('base64') }),
    isBase64Encoded: Buffer.isBuffer(body),
  }
}

/** Builds the event of a request with a JSON body. */
export function jsonEvent(options: EventOptions & { json: unknown }): HttpEvent {
  const headers = { 'content-type': 'application/json', ...options.headers }
  return httpEvent({ ...options, headers, body: JSON.stringify(options.json) })
}

/** Builds an event as a route receives it, without a deadline. */
export function requestOf(event: HttpEvent, logger: Logger = silentTelemetry().logger): HttpRequest {
  return toRequest(event, { signal: new AbortController().signal, logger, traceparent: TRACEPARENT })
}

/** The context of a function that calls the local cloud: its deadline of seconds is meant for DynamoDB. */
export function patientContext(): Context {
  return { ...lambdaContext(), getRemainingTimeInMillis: () => 120_000 }
}

export function lambdaContext(): Context {
  return {
    awsRequestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
    callbackWaitsForEmptyEventLoop: true,
    functionName: 'a-function',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:a-function',
    logGroupName: '/aws/lambda/a-function',
    logStreamName: '2026/03/12/[$LATEST]abcdef',
    memoryLimitInMB: '512',
    getRemainingTimeInMillis: () => 10_000,
    done: () => {},
    fail: () => {},
    succeed: () => {},
  }
}
