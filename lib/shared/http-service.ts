import { CfnOutput, Duration, Lazy, Stack, Validations } from 'aws-cdk-lib'
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway'
import {
  CorsHttpMethod,
  HttpApi,
  HttpMethod,
  HttpNoneAuthorizer,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { type Alarm, type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch'
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import type { Alarms } from './alarms.ts'
import { namedRemovalPolicy, stackPrefix } from './physical-names.ts'
import { serverErrors, type WatchedApi } from './server-errors.ts'
import type { ServiceFunction } from './service-function.ts'
import type { Stage, TokenIssuer } from './settings.ts'

export interface HttpServiceProps extends Pick<WatchedApi, 'postponed'> {
  readonly stage: Stage
  readonly alarms: Alarms
  readonly issuer: TokenIssuer
  /** @default no cross-origin use */
  readonly corsOrigins?: string[]
  /**
   * Requests a second that the API accepts from all clients together: it bounds the cost of an attack or a loop.
   *
   * @default 2000
   */
  readonly rateLimit?: number
}

/** The scopes of which a token must have one, or the reason why a route needs no token. */
export type RouteAccess = { readonly scopes: [string, ...string[]] } | { readonly publicBecause: string }

/**
 * An HTTP API whose routes require a token unless they say why not: a JWT authorizer with scopes on each route, 404 and
 * 405 answered by a `$default` route, throttling, CORS, and access logs without addresses or queries. Its URL is the
 * output `ApiUrl`.
 */
export class HttpService extends Construct implements WatchedApi {
  readonly api: HttpApi
  readonly postponed: IMetric | undefined
  /** Without a trailing slash. */
  readonly url: string
  private readonly authorizer: HttpJwtAuthorizer
  private readonly serverErrors: Alarm
  private readonly integrations = new Map<ServiceFunction, HttpLambdaIntegration>()
  private readonly routeKeys: string[] = []

  constructor(scope: Construct, id: string, props: HttpServiceProps) {
    super(scope, id)
    this.authorizer = new HttpJwtAuthorizer('Jwt', props.issuer.url, { jwtAudience: props.issuer.audience })
    this.api = new HttpApi(this, 'Api', {
      createDefaultStage: false,
      ...(props.corsOrigins?.length && { corsPreflight: corsPreflight(props.corsOrigins) }),
    })
    this.url = this.api.apiEndpoint
    this.addStage(props)
    new CfnOutput(Stack.of(this), 'ApiUrl', { value: this.url })
    this.postponed = props.postponed
    this.serverErrors = props.alarms.add(this, 'ServerErrorsAlarm', {
      metric: this.failures(Duration.minutes(5)),
      threshold: 5,
      description: 'The API answered 5xx five times within five minutes.',
      runbook: 'api-server-errors',
    })
  }

  /**
   * Routes requests to a function.
   *
   * @param routeKey as in `GET /{code}`.
   */
  route(routeKey: string, target: ServiceFunction, access: RouteAccess): void {
    const [method = '', path = ''] = routeKey.split(' ', 2)
    if (!(method in HttpMethod)) throw new Error(`${routeKey}: ${method} is not an HTTP method that an API supports.`)
    this.routeKeys.push(routeKey)
    this.addRoute(routeId(routeKey), HttpRouteKey.with(path, HttpMethod[method as keyof typeof HttpMethod]), {
      target,
      access,
    })
  }

  /** Routes everything that no other route matches to a function, which gets the routes in `HTTP_ROUTES`. */
  defaultRoute(target: ServiceFunction): void {
    target.function.addEnvironment('HTTP_ROUTES', Lazy.string({ produce: () => this.routeKeys.join(',') }))
    this.addRoute('DefaultRoute', HttpRouteKey.DEFAULT, {
      target,
      access: { publicBecause: 'It only ever answers 404 or 405.' },
    })
  }

  private failures(period: Duration): IMetric {
    if (!this.postponed) return this.api.metricServerError({ period, statistic: 'Sum' })
    return new MathExpression({ ...serverErrors(this), period, label: '5xx that were not on purpose' })
  }

  private addRoute(
    id: string,
    routeKey: HttpRouteKey,
    { target, access }: { target: ServiceFunction; access: RouteAccess },
  ): void {
    const isPublic = 'publicBecause' in access
    const route = new HttpRoute(this, id, {
      httpApi: this.api,
      routeKey,
      integration: this.integration(target),
      ...(isPublic
        ? { authorizer: new HttpNoneAuthorizer() }
        : { authorizer: this.authorizer, authorizationScopes: access.scopes.flatMap(scopeSpellings) }),
    })
    if (isPublic) Validations.of(route).acknowledge({ id: 'AwsSolutions-APIG4', reason: access.publicBecause })
  }

  /**
   * Creates one integration for each function, with one permission for all its routes: a function's policy holds 20 KB.
   */
  private integration(target: ServiceFunction): HttpLambdaIntegration {
    const known = this.integrations.get(target)
    if (known) return known
    const created = new FunctionIntegration(`${target.node.id}Integration`, target.target)
    this.grantInvoke(target)
    // A handler catches its errors and answers 500, so that Lambda counts none: only the API's metrics show a bad
    // version.
    target.rollBackOn(this.serverErrors)
    this.integrations.set(target, created)
    return created
  }

  /**
   * Lets the API invoke a function. It does so as `<api>/<stage>/<method><path>`, but for `$default` as
   * `<api>/<stage>/$default`. The CDK's own pattern has a third part and never matches the latter: every request that
   * no route matches would be answered with 500. A `*` also matches slashes.
   */
  private grantInvoke({ node, target }: ServiceFunction): void {
    target.addPermission(`${node.id}Permission`, {
      scope: this,
      principal: new ServicePrincipal('apigateway.amazonaws.com'),
      sourceArn: Stack.of(this).formatArn({
        service: 'execute-api',
        resource: this.api.apiId,
        resourceName: '*/*',
      }),
    })
  }

  private addStage({ stage, rateLimit = 2000 }: HttpServiceProps): void {
    const logGroup = new LogGroup(this, 'AccessLogs', {
      // API Gateway adds the group to a resource policy of the account, which holds 5,120 characters: once it is full,
      // no further API can be deployed. A single entry covers all groups with this prefix. A new name makes a new
      // group: the log starts empty, and in prod the old group is kept for its retention time.
      logGroupName: `/aws/vendedlogs/${stackPrefix()}/${this.node.id}`,
      retention: stage === 'prod' ? RetentionDays.THREE_MONTHS : RetentionDays.ONE_WEEK,
      removalPolicy: namedRemovalPolicy(stage),
    })
    new HttpStage(this, 'DefaultStage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit, burstLimit: rateLimit },
      accessLogSettings: {
        destination: new LogGroupLogDestination(logGroup),
        format: AccessLogFormat.custom(ACCESS_LOG),
      },
    })
  }
}

/** An integration without a permission of its own, which `HttpService` adds. */
class FunctionIntegration extends HttpLambdaIntegration {
  protected override completeBind(): void {}
}

/** Fields of the access log, without address, query and path: a path would reveal who reads what. */
const ACCESS_LOG = JSON.stringify({
  time: '$context.requestTime',
  requestId: '$context.requestId',
  route: '$context.routeKey',
  status: '$context.status',
  latencyMs: '$context.responseLatency',
  integrationLatencyMs: '$context.integrationLatency',
  bytes: '$context.responseLength',
  authorizerError: '$context.authorizer.error',
  integrationError: '$context.integrationErrorMessage',
})

/**
 * Accepts both forms of a scope: Cognito writes a resource server's scope as `links/write`, other issuers as
 * `links:write`. A scope without a colon, as in `notes`, is Cognito's `notes/notes`.
 */
function scopeSpellings(scope: string): string[] {
  return [scope, scope.includes(':') ? scope.replace(':', '/') : `${scope}/${scope}`]
}

function corsPreflight(allowOrigins: string[]) {
  return {
    allowOrigins,
    allowMethods: [CorsHttpMethod.ANY],
    allowHeaders: ['authorization', 'content-type', 'idempotency-key', 'if-match', 'if-none-match', 'traceparent'],
    exposeHeaders: [
      ...['etag', 'location', 'retry-after', 'x-request-id', 'idempotent-replayed'],
      ...['ratelimit', 'ratelimit-policy'],
    ],
    maxAge: Duration.hours(1),
  }
}

/** Turns `GET /v1/links/{code}` into `GetV1LinksCode`. */
function routeId(routeKey: string): string {
  return routeKey
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
}
