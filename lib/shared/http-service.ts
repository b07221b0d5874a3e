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
   * Requests a second that the API takes, over all clients: what an attack or a loop can cost is bounded by it.
   *
   * @default 2000
   */
  readonly rateLimit?: number
}

/** The scopes of which a token must hold one, or the reason why a route asks for no token. */
export type RouteAccess = { readonly scopes: [string, ...string[]] } | { readonly publicBecause: string }

/**
 * An HTTP API whose routes are closed unless they say why not: a JWT authorizer with scopes on each route, 404 and 405
 * by a `$default` route, a throttle, CORS, and access logs without addresses or queries. Its URL is the output `ApiUrl`.
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
   * Sends a route to a function.
   *
   * @param routeKey as in `GET /{code}`.
   */
  route(routeKey: string, target: ServiceFunction, access: RouteAccess): void {
    const [method = '', path = ''] = routeKey.split(' ', 2)
    if (!(method in HttpMethod)) throw new Error(`${routeKey}: ${method} is no method of HTTP that an API takes.`)
    this.routeKeys.push(routeKey)
    this.addRoute(routeId(routeKey), HttpRouteKey.with(path, HttpMethod[method as keyof typeof HttpMethod]), {
      target,
      access,
    })
  }

  /** Answers everything that no route matches; the function gets the routes in `HTTP_ROUTES`. */
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

  /** Makes one integration a function, with one permission for all its routes: a function's policy holds 20 KB. */
  private integration(target: ServiceFunction): HttpLambdaIntegration {
    const known = this.integrations.get(target)
    if (known) return known
    const created = new FunctionIntegration(`${target.node.id}Integration`, target.target)
    this.grantInvoke(target)
    // A handler answers 500 in good order, so that Lambda counts no error: only the API sees that a version is bad.
    target.rollBackOn(this.serverErrors)
    this.integrations.set(target, created)
    return created
  }

  /**
   * Lets the API call a function. It calls as `<api>/<stage>/<method><path>`, but for `$default` as
   * `<api>/<stage>/$default`. The CDK's own pattern has a third part, never matches the latter, and every request that no
   * route matches would be answered with 500. A `*` matches slashes, too.
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
      // API Gateway adds the group to a resource policy of the account, which holds 5,120 characters: when it is full, no
      // further API can be deployed. One entry of it covers all groups under this prefix. Another name is another group:
      // the log begins anew, and in prod the old group stays for its time.
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

/** An integration that leaves the permission to `HttpService`. */
class FunctionIntegration extends HttpLambdaIntegration {
  protected override completeBind(): void {}
}

/** No address, no query, no path: a path tells who reads what. */
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

/** Cognito writes a resource server's scope as `links/write`, other issuers as `links:write`. */
function scopeSpellings(scope: string): string[] {
  return [scope, scope.replace(':', '/')]
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

/** `GET /v1/links/{code}` is `GetV1LinksCode`. */
function routeId(routeKey: string): string {
  return routeKey
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
}
