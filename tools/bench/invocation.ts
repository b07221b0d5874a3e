import type { HttpEvent } from '../../functions/shared/http/request.ts'

export interface RequestOptions {
  /** The route, as in `GET /{code}`. */
  routeKey: string
  path: string
  params?: Record<string, string>
  /** Headers in lower case, beside those that every request has. */
  headers?: Record<string, string>
  /** Claims that the JWT authorizer verified; absent on a public route. */
  claims?: Record<string, string>
  json?: unknown
}

/** Builds a request in API Gateway's payload format 2.0. */
export function httpEvent({ routeKey, path, params, headers, claims, json }: RequestOptions): HttpEvent {
  const [method = 'GET'] = routeKey.split(' ')
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: '',
    headers: {
      accept: '*/*',
      host: 'example.com',
      'user-agent': 'bench/1',
      ...(json !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(params && { pathParameters: params }),
    requestContext: {
      accountId: '000000000000',
      apiId: 'api',
      ...(claims && { authorizer: { principalId: '', integrationLatency: 0, jwt: { claims, scopes: [] } } }),
      domainName: 'example.com',
      domainPrefix: 'example',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'bench/1' },
      requestId: 'request',
      routeKey,
      stage: '$default',
      time: '01/Jan/2026:00:00:00 +0000',
      timeEpoch: 1_767_225_600_000,
    },
    ...(json !== undefined && { body: JSON.stringify(json) }),
    isBase64Encoded: false,
  }
}

export const CONTEXT = {
  functionName: 'bench',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:bench',
  memoryLimitInMB: '512',
  awsRequestId: '00000000-0000-0000-0000-000000000000',
  getRemainingTimeInMillis: () => 10_000,
}

/** Environment variables that Lambda sets; a case adds those of its stack. */
export const LAMBDA = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_SESSION_TOKEN: 'token',
  AWS_LAMBDA_FUNCTION_NAME: 'bench',
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  // No tracing daemon runs here.
  POWERTOOLS_TRACE_ENABLED: 'false',
}
