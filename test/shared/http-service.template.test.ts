import { kebabCase } from '../../tools/support/case.ts'
import {
  at,
  nameOf,
  objectsIn,
  ofType,
  type Resource,
  referenced,
  resourcesIn,
  STAGES,
  stacksWith,
  stringsIn,
} from '../support/templates.ts'

/** Routes without a token: each system lists its own in `test/<system>/public-routes.ts`. */
async function publicRoutesOf(stack: string): Promise<string[]> {
  const { publicRoutes } = await import(`../${kebabCase(stack)}/public-routes.ts`)
  return publicRoutes
}

const routeKeyOf = ({ properties }: Resource) => String(properties.RouteKey)
const isPublic = ({ properties }: Resource) => properties.AuthorizationType !== 'JWT'

/** A scope in both spellings of issuers. */
function spellings(scope: string): string[] {
  const [resource = '', action = resource] = scope.split(/[:/]/)
  // Cognito knows no scope without a resource server.
  return [action === resource ? resource : `${resource}:${action}`, `${resource}/${action}`]
}

describe.each(STAGES)('in %s', (stage) => {
  const stacks = stacksWith({ stage })
  const resources = stacks.flatMap((stack) => stack.resources)
  const httpApis = ofType(resources, 'AWS::ApiGatewayV2::Api').filter((api) => api.properties.ProtocolType === 'HTTP')
  const partsOf = (api: Resource, type: string) =>
    ofType(resources, `AWS::ApiGatewayV2::${type}`).filter(
      ({ stack, properties }) => stack === api.stack && referenced(properties.ApiId) === api.id,
    )
  const routes = httpApis.flatMap((api) => partsOf(api, 'Route'))
  const closed = routes.filter((route) => !isPublic(route))

  test('there are public and protected routes to test', () => {
    expect(routes.length).toBeGreaterThan(closed.length)
    expect(closed).not.toEqual([])
  })

  test('the public routes are exactly the listed ones', async () => {
    for (const api of httpApis) {
      const open = partsOf(api, 'Route').filter(isPublic).map(routeKeyOf).sort()
      expect([api.stack, open]).toEqual([api.stack, await publicRoutesOf(api.stack)])
    }
  })

  test('every other route has a JWT authorizer with an issuer and an audience', () => {
    const wrong = closed.filter((route) => {
      const authorizer = ofType(resources, 'AWS::ApiGatewayV2::Authorizer').find(
        ({ stack, id }) => stack === route.stack && id === referenced(route.properties.AuthorizerId),
      )
      const jwt = at(authorizer?.properties, 'JwtConfiguration')
      return at(authorizer?.properties, 'AuthorizerType') !== 'JWT' || !at(jwt, 'Issuer') || !at(jwt, 'Audience', 0)
    })
    expect(wrong.map(routeKeyOf)).toEqual([])
  })

  test('every other route requires scopes, each in both spellings', () => {
    const wrong = closed.filter(({ properties }) => {
      const scopes = stringsIn(properties.AuthorizationScopes)
      return scopes.length === 0 || !scopes.flatMap(spellings).every((scope) => scopes.includes(scope))
    })
    expect(wrong.map(routeKeyOf)).toEqual([])
  })

  test('every API answers requests that no route matches with a function that knows all its routes', () => {
    for (const api of httpApis) {
      const keys = partsOf(api, 'Route').map(routeKeyOf)
      expect(keys).toContain('$default')
      const known = ofType(resources, 'AWS::Lambda::Function')
        .filter(({ stack }) => stack === api.stack)
        .map(({ properties }) => at(properties, 'Environment', 'Variables', 'HTTP_ROUTES'))
        .filter((value) => value !== undefined)
      expect(known.map((value) => String(value).split(',').sort())).toEqual([
        keys.filter((key) => key !== '$default').sort(),
      ])
    }
  })

  test('every API has its URL in the output ApiUrl', () => {
    for (const api of httpApis) {
      expect(stacks.find(({ id }) => id === api.stack)?.outputs.ApiUrl).toEqual({
        'Fn::GetAtt': [api.id, 'ApiEndpoint'],
      })
    }
  })

  test('every API is throttled', () => {
    const unlimited = httpApis.filter((api) => {
      const limits = partsOf(api, 'Stage').map(({ properties }) => properties.DefaultRouteSettings)
      const isLimit = (value: unknown) => typeof value === 'number' && value > 0 && value <= 10_000
      return (
        limits.length === 0 ||
        !limits.every((it) => isLimit(at(it, 'ThrottlingRateLimit')) && isLimit(at(it, 'ThrottlingBurstLimit')))
      )
    })
    expect(unlimited.map(nameOf)).toEqual([])
  })

  test('every API logs its requests, without the caller and the path', () => {
    for (const stageOfApi of httpApis.flatMap((api) => partsOf(api, 'Stage'))) {
      const { DestinationArn, Format } = stageOfApi.properties.AccessLogSettings as Record<string, unknown>
      const groups = ofType(resources, 'AWS::Logs::LogGroup').filter(({ stack }) => stack === stageOfApi.stack)
      expect(groups.map(({ id }) => id)).toContain(referenced(DestinationArn))
      const variables = Object.values<string>(JSON.parse(String(Format)))
      expect(variables).toEqual(expect.arrayContaining(['$context.requestId', '$context.routeKey', '$context.status']))
      expect(variables.filter((name) => /identity|sourceip|useragent|path|query|claims|domain/i.test(name))).toEqual([])
    }
  })

  test('access logs are in a group under /aws/vendedlogs/ with a name that is unique to the stack', () => {
    for (const stageOfApi of httpApis.flatMap((api) => partsOf(api, 'Stage'))) {
      const id = referenced(at(stageOfApi.properties.AccessLogSettings, 'DestinationArn'))
      const group = resources.find((it) => it.stack === stageOfApi.stack && it.id === id)
      const name = at(group?.properties, 'LogGroupName')
      expect(stringsIn(name)[1]).toBe('/aws/vendedlogs/')
      expect(stringsIn(name)).toEqual(expect.arrayContaining(['AWS::StackName', 'AWS::StackId']))
    }
  })

  test('every API has an alarm for its 5xx answers', () => {
    const watched = ofType(resources, 'AWS::CloudWatch::Alarm')
      .filter(({ properties }) => properties.Threshold === 5)
      .flatMap(({ stack, properties }) => objectsIn(properties).map((metric) => ({ stack, ...metric })))
      .filter((metric) => at(metric, 'Namespace') === 'AWS/ApiGateway' && at(metric, 'MetricName') === '5xx')
      .map((metric) => `${metric.stack}/${referenced(at(metric, 'Dimensions', 0, 'Value'))}`)
    expect(watched.sort()).toEqual(httpApis.map(nameOf).sort())
  })
})

describe('cross-origin use', () => {
  const corsOf = (resources: Resource[]) =>
    ofType(resources, 'AWS::ApiGatewayV2::Api').map(({ properties }) => properties.CorsConfiguration)

  test('is off by default', () => {
    expect(corsOf(resourcesIn('dev')).filter((cors) => cors !== undefined)).toEqual([])
  })

  test('is enabled for the given origins only, without credentials', () => {
    const [urlShortener] = corsOf(
      stacksWith({ corsOrigins: 'https://a.example, https://b.example' }).flatMap(({ resources }) => resources),
    )
    expect(urlShortener).toMatchObject({ AllowOrigins: ['https://a.example', 'https://b.example'] })
    expect(at(urlShortener, 'AllowCredentials')).not.toBe(true)
    expect(stringsIn(at(urlShortener, 'AllowHeaders'))).toEqual(
      expect.arrayContaining([
        'authorization',
        'content-type',
        'idempotency-key',
        'if-match',
        'if-none-match',
        'traceparent',
      ]),
    )
    expect(stringsIn(at(urlShortener, 'ExposeHeaders'))).toEqual(
      expect.arrayContaining(['etag', 'location', 'retry-after', 'x-request-id']),
    )
  })
})

test('the authorizers trust a given issuer', () => {
  const resources = stacksWith({ issuer: 'https://issuer.example/', audience: 'web,cli' }).flatMap((it) => it.resources)
  const authorizers = ofType(resources, 'AWS::ApiGatewayV2::Authorizer').filter(
    ({ properties }) => properties.AuthorizerType === 'JWT',
  )
  expect(authorizers).not.toEqual([])
  for (const { properties } of authorizers) {
    expect(properties.JwtConfiguration).toEqual({ Issuer: 'https://issuer.example/', Audience: ['web', 'cli'] })
  }
})
