import { Stack } from 'aws-cdk-lib'
import {
  HttpApi,
  HttpMethod,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  WebSocketApi,
  WebSocketStage,
} from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpLambdaIntegration, WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda'
import {
  emptyApp,
  objectsIn,
  ofType,
  type Resource,
  referenced,
  STAGES,
  stacksWith,
  synthesize,
  textOf,
} from '../support/templates.ts'

const FUNCTIONS = ['AWS::Lambda::Function', 'AWS::Lambda::Alias']
const API = 'arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>'

/**
 * Compares like IAM's `ArnLike`: each of the six parts between colons separately, where `*` stands for any number of
 * characters, slashes included, and `?` for one.
 */
function arnLike(pattern: string, arn: string): boolean {
  const [patterns, parts] = [partsOf(pattern), partsOf(arn)]
  return patterns.every((each, index) => {
    const source = each
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')
    return new RegExp(`^${source}$`, 's').test(parts[index] ?? '')
  })
}

/** Splits an ARN; the resource may contain colons, and a pseudo parameter such as `<AWS::Region>` has two. */
function partsOf(arn: string): string[] {
  const [arnPart = '', partition = '', service = '', region = '', account = '', ...resource] = arn
    .replaceAll('AWS::', 'AWS')
    .split(':')
  return [arnPart, partition, service, region, account, resource.join(':')]
}

/**
 * The ARNs with which API Gateway invokes a route's function, one for each stage of the API:
 * `<api>/<stage>/<method><path>` for an HTTP API, where `ANY` stands for each method, and `<api>/<stage>/<route key>`
 * for its `$default` and for every route of a WebSocket API.
 */
function callersOf(route: Resource, resources: readonly Resource[]): string[] {
  const apiId = referenced(route.properties.ApiId)
  const stages = ofType(resources, 'AWS::ApiGatewayV2::Stage').filter((it) => referenced(it.properties.ApiId) === apiId)
  const [method = '', path] = String(route.properties.RouteKey).split(' ')
  const methods = method === 'ANY' ? ['GET', 'POST'] : [method]
  const names = path === undefined ? [method] : methods.map((each) => `${each}${path}`)
  return stages.flatMap(({ properties }) => names.map((name) => `${API}:<${apiId}>/${properties.StageName}/${name}`))
}

/** Returns the function, or its alias, that a route's integration invokes. */
function functionBehind(route: Resource, resources: readonly Resource[]): string | undefined {
  const named = objectsIn(route.properties.Target).map(referenced)
  const integration = ofType(resources, 'AWS::ApiGatewayV2::Integration').find(({ id }) => named.includes(id))
  const callable = ofType(resources, ...FUNCTIONS).map(({ id }) => id)
  return objectsIn(integration?.properties.IntegrationUri)
    .map(referenced)
    .find((id) => id !== undefined && callable.includes(id))
}

/**
 * Returns the routes of one stack whose function API Gateway may not invoke, in at least one stage: they answer 500.
 */
function forbiddenRoutes(resources: readonly Resource[]): unknown[] {
  const routes = ofType(resources, 'AWS::ApiGatewayV2::Route')
  const forbidden = routes.filter((route) => {
    const target = functionBehind(route, resources)
    const patterns = ofType(resources, 'AWS::Lambda::Permission')
      .map(({ properties }) => properties)
      .filter(({ Principal, Action }) => Principal === 'apigateway.amazonaws.com' && Action === 'lambda:InvokeFunction')
      .filter(({ FunctionName }) => target !== undefined && referenced(FunctionName) === target)
      .map(({ SourceArn }) => textOf(SourceArn))
    const callers = callersOf(route, resources)
    return callers.length === 0 || !callers.every((arn) => patterns.some((pattern) => arnLike(pattern, arn)))
  })
  return forbidden.map(({ properties }) => properties.RouteKey)
}

describe.each(STAGES)('in %s', (stage) => {
  test('API Gateway may invoke the function behind every route of every API, $default included', () => {
    const withRoutes = stacksWith({ stage }).filter(
      ({ resources }) => ofType(resources, 'AWS::ApiGatewayV2::Route').length > 0,
    )
    expect(withRoutes).not.toEqual([])
    for (const { id, resources } of withRoutes) expect([id, forbiddenRoutes(resources)]).toEqual([id, []])
  })
})

describe('this test reports', () => {
  function resourcesOf(build: (stack: Stack) => void): Resource[] {
    const app = emptyApp()
    build(new Stack(app, 'Test'))
    return synthesize(app).flatMap(({ resources }) => resources)
  }

  const lambda = (stack: Stack, id: string) =>
    new LambdaFunction(stack, id, {
      runtime: Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: Code.fromInline('exports.handler = async () => 1'),
    })

  const httpApi = (scopePermissionToRoute: boolean) =>
    resourcesOf((stack) => {
      const api = new HttpApi(stack, 'Api', { createDefaultStage: false })
      new HttpStage(stack, 'Stage', { httpApi: api, stageName: '$default' })
      const integration = new HttpLambdaIntegration('Call', lambda(stack, 'Answering'), { scopePermissionToRoute })
      const keys = [HttpRouteKey.DEFAULT, HttpRouteKey.with('/{code}', HttpMethod.GET), HttpRouteKey.with('/any')]
      for (const routeKey of keys) new HttpRoute(stack, `Route${routeKey.key}`, { httpApi: api, routeKey, integration })
    })

  const webSocketApi = (without: string) =>
    resourcesOf((stack) => {
      const api = new WebSocketApi(stack, 'Api')
      new WebSocketStage(stack, 'Stage', { webSocketApi: api, stageName: 'live' })
      for (const key of ['$connect', '$disconnect', '$default', 'send']) {
        api.addRoute(key, { integration: new WebSocketLambdaIntegration('Call', lambda(stack, `On${key}`)) })
      }
    }).filter(
      ({ type, properties }) => type !== 'AWS::Lambda::Permission' || !textOf(properties.SourceArn).endsWith(without),
    )

  test('a permission of three parts, which doesn’t cover $default', () => {
    expect(forbiddenRoutes(httpApi(false))).toEqual(['$default'])
    expect(forbiddenRoutes(httpApi(true))).toEqual([])
  })

  test.each(['$connect', '$disconnect', '$default', 'send'])('a WebSocket route %s without its permission', (key) => {
    expect(forbiddenRoutes(webSocketApi(key))).toEqual([key])
  })

  test('nothing if every WebSocket route has its permission', () => {
    expect(forbiddenRoutes(webSocketApi('no route'))).toEqual([])
  })
})

test.each([
  ['arn:aws:execute-api:eu-west-1:1:api/*/*', 'arn:aws:execute-api:eu-west-1:1:api/$default/$default', true],
  ['arn:aws:execute-api:eu-west-1:1:api/*/*', 'arn:aws:execute-api:eu-west-1:1:api/$default/GET/v1/links', true],
  ['arn:aws:execute-api:eu-west-1:1:api/*/*/*', 'arn:aws:execute-api:eu-west-1:1:api/$default/$default', false],
  ['arn:aws:execute-api:eu-west-1:1:api/*/*', 'arn:aws:execute-api:eu-west-1:1:other/$default/GET/', false],
  ['arn:aws:execute-api:*:1:api/live/?et', 'arn:aws:execute-api:eu-west-1:1:api/live/set', true],
  ['arn:aws:*:api/*', 'arn:aws:execute-api:eu-west-1:1:api/live/set', false],
])('ArnLike %s matches %s: %s', (pattern, arn, matches) => {
  expect(arnLike(pattern, arn)).toBe(matches)
})
