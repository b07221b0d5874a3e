import { edgesOf, QUEUE, type Resources, resource } from './drawn.ts'

const HTTP_API = resource('AWS::ApiGatewayV2::Api', { ProtocolType: 'HTTP' })

/** An API whose routes all go to one function. */
function apiWith(routes: Record<string, string>, more: Resources = {}): Resources {
  const entries = Object.entries(routes).map(([RouteKey, AuthorizationType], i) => [
    `Route${i}`,
    resource('AWS::ApiGatewayV2::Route', {
      ApiId: { Ref: 'Http' },
      RouteKey,
      AuthorizationType,
      Target: { 'Fn::Join': ['', ['integrations/', { Ref: 'Integration' }]] },
    }),
  ])
  return {
    Http: HTTP_API,
    Links: resource('AWS::Lambda::Function'),
    Integration: resource('AWS::ApiGatewayV2::Integration', { IntegrationUri: { 'Fn::GetAtt': ['Links', 'Arn'] } }),
    ...Object.fromEntries(entries),
    ...more,
  }
}

test('the methods of a path share a line in a fixed order; public and protected routes have different callers', () => {
  expect(
    edgesOf(apiWith({ 'POST /v1/links': 'JWT', 'GET /v1/links': 'JWT', 'GET /health': 'NONE', $default: 'NONE' })),
  ).toEqual([
    'ClientWithAToken -->|"GET, POST /v1/links"| Http',
    'Visitor -->|"GET /health<br/>$default"| Http',
    'Http -->|"GET, POST /v1/links<br/>GET /health<br/>$default"| Links',
  ])
})

test('a route with IAM authorization has its own kind of client', () => {
  expect(edgesOf(apiWith({ 'GET /': 'AWS_IAM' }))[0]).toBe('ClientWithAWSCredentials -->|"GET /"| Http')
})

test('more paths than fit into a label are grouped by their roots', () => {
  const paths = ['/rooms', '/rooms/{id}', '/rooms/{id}/members', '/rooms/{id}/messages', '/{code}', '/{code}/qr', '/me']
  const routes = Object.fromEntries(paths.map((path) => [`GET ${path}`, 'NONE']))
  expect(edgesOf(apiWith({ ...routes, 'DELETE /rooms/{id}': 'NONE' }))[0]).toBe(
    'Visitor -->|"GET, DELETE /rooms…<br/>GET /{code}…<br/>GET /me"| Http',
  )
})

test('more roots than fit into a label are counted', () => {
  const routes = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((root) => [`GET /${root}`, 'NONE']))
  expect(edgesOf(apiWith(routes))[0]).toContain('GET /e<br/>and 2 more"| Http')
})

test('a route to an alias is drawn to the function', () => {
  const aliased = apiWith(
    { 'GET /': 'NONE' },
    {
      Integration: resource('AWS::ApiGatewayV2::Integration', { IntegrationUri: { Ref: 'Live' } }),
      Live: resource('AWS::Lambda::Alias', {
        FunctionName: { Ref: 'Links' },
        FunctionVersion: { 'Fn::GetAtt': ['Version', 'Version'] },
      }),
    },
  )
  expect(edgesOf(aliased)).toContain('Http -->|"GET /"| Links')
})

test('an API trusts the issuer of its tokens, in its own stack or another', () => {
  const authorizer = (Issuer: object) => ({
    Jwt: resource('AWS::ApiGatewayV2::Authorizer', { ApiId: { Ref: 'Http' }, JwtConfiguration: { Issuer } }),
  })
  expect(edgesOf({ Http: HTTP_API, ...authorizer({ 'Fn::GetStackOutput': { StackName: 'Identity' } }) })).toEqual([
    'Http -.->|"trusts its tokens"| Identity',
  ])
  expect(edgesOf({ Http: HTTP_API, ...authorizer({ 'Fn::ImportValue': 'Identity:ExportsOutput' }) })).toEqual([
    'Http -.->|"trusts its tokens"| Identity',
  ])
})

test('the caller of a WebSocket’s $connect also sends messages, and its authorizer is a function', () => {
  const routes = apiWith(
    { $connect: 'CUSTOM', $disconnect: 'NONE', send: 'NONE' },
    {
      Http: resource('AWS::ApiGatewayV2::Api', { ProtocolType: 'WEBSOCKET' }),
      Tickets: resource('AWS::Lambda::Function'),
      Authorizer: resource('AWS::ApiGatewayV2::Authorizer', {
        ApiId: { Ref: 'Http' },
        AuthorizerUri: {
          'Fn::Sub': `arn:aws:apigateway:x:lambda:path/2015-03-31/functions/\${Tickets.Arn}/invocations`,
        },
      }),
    },
  )
  expect(edgesOf(routes)).toEqual([
    'ClientWithAToken -->|"$connect, $disconnect,<br/>send"| Http',
    'Http -.->|"asks who it is"| Tickets',
    'Http -->|"$connect, $disconnect,<br/>send"| Links',
  ])
})

test('each of two APIs has its own routes', () => {
  const admin = {
    Admin: resource('AWS::ApiGatewayV2::Api', { ProtocolType: 'HTTP' }),
    AdminRoute: resource('AWS::ApiGatewayV2::Route', {
      ApiId: { Ref: 'Admin' },
      RouteKey: 'GET /admin',
      Target: { 'Fn::Join': ['', ['integrations/', { Ref: 'Integration' }]] },
    }),
  }
  expect(edgesOf(apiWith({ 'GET /': 'NONE' }, admin)).filter((edge) => edge.endsWith('Links'))).toEqual([
    'Http -->|"GET /"| Links',
    'Admin -->|"GET /admin"| Links',
  ])
})

test('an API may send a request to a queue directly', () => {
  const direct = {
    Jobs: QUEUE,
    Integration: resource('AWS::ApiGatewayV2::Integration', {
      IntegrationSubtype: 'SQS-SendMessage',
      RequestParameters: { QueueUrl: { Ref: 'Jobs' }, MessageBody: '$request.body' },
    }),
  }
  expect(edgesOf(apiWith({ 'POST /jobs': 'JWT' }, direct))).toContain('Http -->|"POST /jobs"| Jobs')
})
