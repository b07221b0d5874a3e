import { CfnOutput, Duration, Stack, Validations } from 'aws-cdk-lib'
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway'
import {
  type CfnApi,
  type IWebSocketRouteAuthorizer,
  LogGroupLogDestination,
  WebSocketApi,
  WebSocketRoute,
  WebSocketStage,
} from 'aws-cdk-lib/aws-apigatewayv2'
import { WebSocketLambdaAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers'
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import type { Alarm, IMetric } from 'aws-cdk-lib/aws-cloudwatch'
import { Grant } from 'aws-cdk-lib/aws-iam'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import type { Alarms } from './alarms.ts'
import { namedRemovalPolicy, stackPrefix } from './physical-names.ts'
import type { ServiceFunction } from './service-function.ts'
import type { Stage } from './settings.ts'
import { stackMetric } from './stack-metric.ts'

export interface RealtimeApiProps {
  readonly stage: Stage
  readonly alarms: Alarms
  /** Decides who may connect: a `ticketAuthorizer`. */
  readonly authorizer: ServiceFunction
  /** Handles the opening of connections. One function may handle several of the three routes. */
  readonly connect: ServiceFunction
  /** Handles the end of connections. */
  readonly disconnect: ServiceFunction
  /** Handles everything that clients send: its response is sent to the client. */
  readonly message: ServiceFunction
  /** The namespace of the system's metrics, in which the functions count `SocketEventsFailed`. */
  readonly namespace: string
  /**
   * Upgrades and messages a second that the API accepts from all clients together: it bounds the cost of an attack or a
   * loop.
   *
   * @default 2000
   */
  readonly rateLimit?: number
  /**
   * True for an access log. API Gateway only writes those of a WebSocket API with a role that is set once for the whole
   * account and region: without one, the deployment fails. The functions log every event in any case.
   *
   * @default false
   */
  readonly accessLog?: boolean
}

/** The name of the stage, which is part of the URL. */
const STAGE_NAME = 'live'

/**
 * A WebSocket API whose clients connect with a one-time ticket (`?ticket=`). All messages go to one route, because the
 * function itself must check the action and answer what it doesn't know; its response is the answer
 * (docs/decisions/0017). Its URL is the output `WebSocketUrl`.
 */
export class RealtimeApi extends Construct {
  readonly api: WebSocketApi
  /** Counts the events of connections whose handling failed. */
  readonly failures: IMetric
  private readonly stage: WebSocketStage

  constructor(scope: Construct, id: string, props: RealtimeApiProps) {
    super(scope, id)
    this.failures = stackMetric({ namespace: props.namespace, name: 'SocketEventsFailed' })
    this.api = new WebSocketApi(this, 'Api')
    const routes = [
      this.addRoute('$connect', props.connect, this.ticketAuthorizer(props.authorizer)),
      this.addRoute('$disconnect', props.disconnect),
      this.addRoute('$default', props.message),
    ]
    this.stage = this.addStage(props)
    // A stage is deployed as soon as it exists, which fails for an API without routes.
    this.stage.node.addDependency(...routes)
    new CfnOutput(Stack.of(this), 'WebSocketUrl', { value: this.stage.url })
    const alarms = this.addAlarms(props.alarms)
    for (const fn of new Set([props.connect, props.disconnect, props.message, props.authorizer])) {
      // A handler catches its errors and answers, so that Lambda counts none.
      for (const alarm of alarms) fn.rollBackOn(alarm)
    }
  }

  /** Lets a function post to connections, close them and look at them; it finds the stage in `WEBSOCKET_ENDPOINT`. */
  grantManageConnections(grantee: ServiceFunction): void {
    const connections = `${STAGE_NAME}/*/@connections/*`
    Grant.addToPrincipal({
      grantee: grantee.target,
      actions: ['execute-api:ManageConnections'],
      resourceArns: [
        `${Stack.of(this).formatArn({ service: 'execute-api', resource: this.api.apiId })}/${connections}`,
      ],
    })
    const api = `arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<${this.logicalId()}>`
    Validations.of(grantee).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${api}/${connections}]`,
      reason: 'It posts to connections, whose ids API Gateway makes.',
    })
    grantee.function.addEnvironment('WEBSOCKET_ENDPOINT', this.stage.callbackUrl)
  }

  private logicalId(): string {
    return Stack.of(this).getLogicalId(this.api.node.defaultChild as CfnApi)
  }

  /** Returns a metric of the API, such as `MessageCount`, for 5 minutes. @param label in a graph. */
  metric(name: string, statistic: string, label?: string): IMetric {
    return this.api.metric(name, { period: Duration.minutes(5), statistic, ...(label !== undefined && { label }) })
  }

  /** API Gateway never caches the decision of a WebSocket API's authorizer, so that a ticket is checked each time. */
  private ticketAuthorizer({ target }: ServiceFunction): IWebSocketRouteAuthorizer {
    return new WebSocketLambdaAuthorizer('Ticket', target, { identitySource: ['route.request.querystring.ticket'] })
  }

  private addRoute(
    routeKey: string,
    { target }: ServiceFunction,
    authorizer?: IWebSocketRouteAuthorizer,
  ): WebSocketRoute {
    const id = `${routeKey.charAt(1).toUpperCase()}${routeKey.slice(2)}Route`
    const route = new WebSocketRoute(this, id, {
      webSocketApi: this.api,
      routeKey,
      integration: new WebSocketLambdaIntegration(`${id}Integration`, target),
      ...(authorizer && { authorizer }),
      // Only messages have a response.
      returnResponse: routeKey === '$default',
    })
    if (!authorizer) {
      const reason = 'Only $connect can have an authorizer, and only an open connection reaches this route.'
      Validations.of(route).acknowledge({ id: 'AwsSolutions-APIG4', reason })
    }
    return route
  }

  private addStage({ stage, rateLimit = 2000, accessLog = false }: RealtimeApiProps): WebSocketStage {
    const created = new WebSocketStage(this, 'Stage', {
      webSocketApi: this.api,
      stageName: STAGE_NAME,
      autoDeploy: true,
      throttle: { rateLimit, burstLimit: rateLimit },
      ...(accessLog && { accessLogSettings: this.accessLogSettings(stage) }),
    })
    if (!accessLog) {
      const reason = 'It needs a role that is set once for the account. The functions log every event of a connection.'
      Validations.of(created).acknowledge({ id: 'AwsSolutions-APIG1', reason })
    }
    return created
  }

  private accessLogSettings(stage: Stage) {
    const logGroup = new LogGroup(this, 'AccessLogs', {
      logGroupName: `/aws/vendedlogs/${stackPrefix()}/${this.node.id}`,
      retention: stage === 'prod' ? RetentionDays.THREE_MONTHS : RetentionDays.ONE_WEEK,
      removalPolicy: namedRemovalPolicy(stage),
    })
    return { destination: new LogGroupLogDestination(logGroup), format: AccessLogFormat.custom(ACCESS_LOG) }
  }

  private addAlarms(alarms: Alarms): Alarm[] {
    return [
      alarms.add(this, 'FailuresAlarm', {
        metric: this.failures,
        threshold: 5,
        description: 'Five events of connections failed within five minutes.',
        runbook: 'socket-failures',
      }),
      alarms.add(this, 'IntegrationErrorsAlarm', {
        metric: this.metric('IntegrationError', 'Sum'),
        threshold: 5,
        description: 'The WebSocket API got an error from its functions five times within five minutes.',
        runbook: 'socket-integration-errors',
      }),
      alarms.add(this, 'ExecutionErrorsAlarm', {
        metric: this.metric('ExecutionError', 'Sum'),
        threshold: 5,
        description: 'The WebSocket API could not call its functions five times within five minutes.',
        runbook: 'socket-execution-errors',
      }),
    ]
  }
}

/** Fields of the access log, without address and query: the query of `$connect` is the ticket. */
const ACCESS_LOG = JSON.stringify({
  time: '$context.requestTime',
  requestId: '$context.requestId',
  event: '$context.eventType',
  route: '$context.routeKey',
  connectionId: '$context.connectionId',
  status: '$context.status',
  integrationLatencyMs: '$context.integrationLatency',
  authorizerError: '$context.authorizer.error',
  integrationError: '$context.integration.error',
  error: '$context.error.message',
})
