/** One visit of a short link, as API Gateway's payload format 2.0 tells it. */
export const EVENT = {
  version: '2.0',
  routeKey: 'GET /{code}',
  rawPath: '/abc1234',
  rawQueryString: '',
  headers: { accept: '*/*', host: 'example.com', 'user-agent': 'bench/1' },
  pathParameters: { code: 'abc1234' },
  requestContext: {
    accountId: '000000000000',
    apiId: 'api',
    domainName: 'example.com',
    domainPrefix: 'example',
    http: { method: 'GET', path: '/abc1234', protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'bench/1' },
    requestId: 'request',
    routeKey: 'GET /{code}',
    stage: '$default',
    time: '01/Jan/2026:00:00:00 +0000',
    timeEpoch: 1767225600000,
  },
  isBase64Encoded: false,
} as const

export const CONTEXT = {
  functionName: 'bench',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:bench',
  memoryLimitInMB: '512',
  awsRequestId: '00000000-0000-0000-0000-000000000000',
  getRemainingTimeInMillis: () => 10_000,
}
