import { Duration, Stack, type StackProps } from 'aws-cdk-lib'
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager'
import type { Construct } from 'constructs'
import { Alarms } from '../shared/alarms.ts'
import { EventBus } from '../shared/event-bus.ts'
import { HttpService } from '../shared/http-service.ts'
import { Observability } from '../shared/observability.ts'
import { Outbox } from '../shared/outbox.ts'
import { ServiceFunction } from '../shared/service-function.ts'
import { ServiceSecret } from '../shared/service-secret.ts'
import { ServiceTable } from '../shared/service-table.ts'
import type { Settings, Stage, TokenIssuer } from '../shared/settings.ts'
import { WorkQueue } from '../shared/work-queue.ts'
import { watchDecisions } from './decision-alarms.ts'

export interface RateLimiterProps extends StackProps {
  readonly settings: Settings
  readonly issuer: TokenIssuer
}

/** The props that most constructs of the stack share. */
interface Common {
  readonly stage: Stage
  readonly alarms: Alarms
}

/** The resources that the functions behind the API use. */
interface Backend {
  readonly limits: ServiceTable
  readonly signingSecret: ISecret
  readonly settings: Settings
}

/**
 * Partition keys: of counters and slots, of policies and overrides, which a check reads and never writes, of the keys
 * that sign decisions, of limits that are neared, of the denials of minutes, and of the events that report them.
 */
const [COUNTERS, POLICIES, OVERRIDES, KEYS] = [['Q*'], ['P#*'], ['O#*'], ['K#*']]
const [NEARED, DENIALS, EVENTS] = [['N#*'], ['D#*'], ['E#*']]

/** By the scope of which a token needs one. */
const MANAGED = {
  'limits:check': [
    'POST /v1/refund',
    'GET /v1/subjects/state',
    'POST /v1/slots',
    'PUT /v1/slots/{id}',
    'DELETE /v1/slots/{id}',
  ],
  'limits:admin': [
    'GET /v1/policies',
    'GET /v1/policies/{name}',
    'PUT /v1/policies/{name}',
    'DELETE /v1/policies/{name}',
    'GET /v1/policies/{name}/top',
    'PUT /v1/overrides',
    'DELETE /v1/overrides',
    'POST /v1/subjects/reset',
  ],
}

/**
 * Limits as a service: a check function that callers wait for, kept small, an API that manages policies, subjects and
 * slots, and events of what becomes of policies.
 */
export class RateLimiter extends Stack {
  constructor(scope: Construct, id: string, props: RateLimiterProps) {
    super(scope, id, props)
    const { issuer, settings } = props
    const { stage } = settings
    const alarms = new Alarms(this, 'Alarms')
    const limits = new ServiceTable(this, 'Limits', { stage, alarms, stream: true })
    const http = new HttpService(this, 'Http', { stage, alarms, issuer, corsOrigins: settings.corsOrigins })
    const signingSecret = new ServiceSecret(this, 'SigningSecret', { stage }).secret
    const backend = { limits, signingSecret, settings }
    // Poison is set aside at once: a message is received again only while the table is down, for an hour and a half.
    const denials = new WorkQueue(this, 'Denials', { stage, alarms, maxReceiveCount: 60 })
    const check = this.decideChecks({ stage, alarms }, backend, denials)
    const counter = this.countDenials({ stage, alarms }, limits, denials)
    const management = this.managePolicies({ stage, alarms }, backend)

    http.route('POST /v1/check', check, { scopes: ['limits:check'] })
    for (const [scope, routeKeys] of Object.entries(MANAGED)) {
      for (const routeKey of routeKeys) http.route(routeKey, management, { scopes: [scope] })
    }
    for (const routeKey of ['GET /health', 'HEAD /health']) {
      http.route(routeKey, management, { publicBecause: 'Monitors look here; it tells no more than ok or failed.' })
    }
    http.defaultRoute(management)

    const bus = new EventBus(this, 'Events', { stage, alarms })
    const publisher = this.publishEvents({ stage, alarms }, limits, bus)

    new Observability(this, 'Observability', {
      alarms,
      http,
      functions: [check, management, publisher, counter],
      tables: [limits.table],
      queues: [denials],
      graphs: watchDecisions({ alarms, check: check.function }),
    })
  }

  private decideChecks(common: Common, backend: Backend, denials: WorkQueue): ServiceFunction {
    const { limits, settings } = backend
    const check = new ServiceFunction(this, 'Check', {
      ...common,
      entry: 'functions/rate-limiter/check.handler.ts',
      budget: 'hot-path',
      description: 'Decides whether subjects may do what they ask for.',
      environment: { ...environmentOf({ limits, settings }), DENIALS_QUEUE_URL: denials.queue.queueUrl },
    })
    denials.grantSend(check.target)
    limits.grantKeys(check.target, POLICIES, 'dynamodb:GetItem')
    limits.grantKeys(check.target, OVERRIDES, 'dynamodb:Query')
    // Several checks are read together, and written in one transaction.
    limits.grantKeys(check.target, COUNTERS, 'dynamodb:BatchGetItem', 'dynamodb:UpdateItem')
    limits.grantKeys(check.target, KEYS, 'dynamodb:UpdateItem')
    limits.grantKeys(check.target, NEARED, 'dynamodb:PutItem')
    return check
  }

  private managePolicies(common: Common, { limits, signingSecret, settings }: Backend): ServiceFunction {
    // A reset of all policies of a tenant, or a deletion with a thousand overrides, takes some seconds: the time is what
    // API Gateway waits at most, but one second.
    const timeout = Duration.seconds(29)
    const management = new ServiceFunction(this, 'Management', {
      ...common,
      entry: 'functions/rate-limiter/management.handler.ts',
      budget: 'standard',
      description:
        'Manages policies, subjects and slots, reports whether the service is healthy, and answers 404 and 405.',
      timeout,
      environment: {
        ...environmentOf({ limits, settings }),
        SIGNING_SECRET: signingSecret.secretArn,
        TIMEOUT_MS: String(timeout.toMilliseconds()),
        TENANT_WRITES_PER_SECOND: String(settings.tenantWritesPerSecond),
      },
    })
    const writes = ['PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'].map((action) => `dynamodb:${action}`)
    limits.grant(management.target, 'dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query', ...writes)
    signingSecret.grantRead(management.target)
    return management
  }

  /** Adds up what environments of the check function saw, so that a denial needs no write, not even in an outage. */
  private countDenials(common: Common, limits: ServiceTable, denials: WorkQueue): ServiceFunction {
    const counter = new ServiceFunction(this, 'CountDenials', {
      ...common,
      entry: 'functions/rate-limiter/count-denials.handler.ts',
      budget: 'standard',
      description: 'Adds up how often subjects were denied and the table did not decide, and tells it by the minute.',
      timeout: Duration.seconds(15),
      environment: { TABLE_NAME: limits.table.tableName, DENIALS_QUEUE_URL: denials.queue.queueUrl },
    })
    limits.grantKeys(counter.target, DENIALS, 'dynamodb:GetItem', 'dynamodb:PutItem')
    limits.grantKeys(counter.target, EVENTS, 'dynamodb:PutItem')
    // It reminds itself of a minute that is not over.
    denials.grantSend(counter.target)
    // Few at a time: environments that deny by the same policy write the same item.
    denials.consume(counter, { batchSize: 5, maxConcurrency: 2 })
    return counter
  }

  private publishEvents(common: Common, limits: ServiceTable, bus: EventBus): ServiceFunction {
    const publisher = new ServiceFunction(this, 'Publisher', {
      ...common,
      entry: 'functions/rate-limiter/publisher.handler.ts',
      budget: 'standard',
      description: 'Publishes what becomes of policies and of those whom they limit as events.',
      timeout: Duration.seconds(30),
    })
    new Outbox(this, 'Outbox', { ...common, table: limits, bus, publisher })
    return publisher
  }
}

function environmentOf({ limits, settings }: Pick<Backend, 'limits' | 'settings'>): Record<string, string> {
  return {
    TABLE_NAME: limits.table.tableName,
    TENANCY: settings.tenancy,
    LIMIT_BUDGET_MS: String(settings.limitBudgetMs),
  }
}
