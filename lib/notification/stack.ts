import { Duration, Stack, type StackProps } from 'aws-cdk-lib'
import { FilterRule } from 'aws-cdk-lib/aws-lambda'
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager'
import type { Construct } from 'constructs'
import { Alarms } from '../shared/alarms.ts'
import { ChangeFeed, MAX_LAG } from '../shared/change-feed.ts'
import { EventBus } from '../shared/event-bus.ts'
import { HttpService } from '../shared/http-service.ts'
import { Observability } from '../shared/observability.ts'
import { Outbox } from '../shared/outbox.ts'
import { RealtimeApi } from '../shared/realtime-api.ts'
import { Schedule } from '../shared/schedule.ts'
import { ServiceFunction } from '../shared/service-function.ts'
import { ServiceSecret } from '../shared/service-secret.ts'
import { ServiceTable } from '../shared/service-table.ts'
import type { Settings, Stage, TokenIssuer } from '../shared/settings.ts'
import { WorkQueue } from '../shared/work-queue.ts'
import { Providers } from './providers.ts'
import { ROUTES } from './routes.ts'

export interface NotificationProps extends StackProps {
  readonly settings: Settings
  readonly issuer: TokenIssuer
}

/** The props that most constructs of the stack share. */
interface Common {
  readonly stage: Stage
  readonly alarms: Alarms
}

interface Backend {
  readonly table: ServiceTable
  readonly signingSecret: ISecret
  readonly settings: Settings
}

/** The queues by priority: what is critical never waits behind anything else. */
interface Queues {
  readonly receipts: WorkQueue
  readonly userTasks: WorkQueue
  readonly critical: WorkQueue
  readonly normal: WorkQueue
  readonly bulk: WorkQueue
}

/** Partition keys: of timers, and of what definitions, users and addresses workers read. */
const [TIMERS, NOTIFICATIONS, OUTBOX] = [['T#*'], ['N#*'], ['O#*']]
const ADDRESSES = ['A#*', 'G#*', 'L#*']
const JUDGED = ['A#*', 'B#*', 'C#*', 'D#*', 'E#*', 'G#*', 'H#*', 'K#*', 'M#*', 'Q*', 'U#*', 'V#*', 'Y#*']

const READS = ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query']
const WRITES = ['dynamodb:ConditionCheckItem', 'dynamodb:DeleteItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem']

/** The time of a worker: a webhook may take 15 seconds, and its results are to be written. */
const WORKER_TIMEOUT = Duration.seconds(30)

/**
 * Notifications over several channels: what is accepted is stored with a state for each channel, whose every move is one
 * conditional write; the table's stream hands channels that are due to workers, by priority.
 */
export class Notification extends Stack {
  constructor(scope: Construct, id: string, props: NotificationProps) {
    super(scope, id, props)
    const { issuer, settings } = props
    const { stage, corsOrigins } = settings
    const alarms = new Alarms(this, 'Alarms')
    const common = { stage, alarms }
    const indexes = [
      { name: 'ByTime', partitionKey: 'listedIn', sortKey: 'listKey', attributes: 'keys' as const },
      { name: 'ByUser', partitionKey: 'listedFor', sortKey: 'listKey', attributes: 'keys' as const },
    ]
    const table = new ServiceTable(this, 'Notifications', { ...common, stream: true, indexes })
    const signingSecret = new ServiceSecret(this, 'SigningSecret', { stage }).secret
    const backend = { table, signingSecret, settings }
    const http = new HttpService(this, 'Http', { ...common, issuer, corsOrigins })
    // Retries wait in their queue for up to 15 minutes, and are no lag.
    const queues = {
      critical: new WorkQueue(this, 'Critical', { ...common, maxAge: Duration.minutes(20) }),
      normal: new WorkQueue(this, 'Normal', { ...common, maxAge: Duration.minutes(30) }),
      bulk: new WorkQueue(this, 'Bulk', { ...common, maxAge: Duration.hours(6) }),
      receipts: new WorkQueue(this, 'Receipts', common),
      // An erasure waits for what is being sent, in steps of 15 minutes.
      userTasks: new WorkQueue(this, 'UserTasks', { ...common, maxAge: Duration.minutes(45) }),
    }
    const api = this.serveNotifications(common, backend)
    const manage = this.serveDefinitions(common, backend, queues)
    const inbox = this.serveInboxes(common, backend)
    const userTasks = this.doUserTasks(common, table, queues)
    const unsubscribe = this.serveUnsubscriptions(common, table)
    const providers = new Providers(this, 'Providers', { stage, senders: settings.senders, receipts: queues.receipts })
    const operate = this.serveOperators(common, backend, { queues, providers })
    for (const { handler, scopes, routeKeys } of ROUTES) {
      for (const routeKey of routeKeys) http.route(routeKey, { api, manage, operate, inbox }[handler], { scopes })
    }
    for (const routeKey of ['GET /health', 'HEAD /health']) {
      http.route(routeKey, api, { publicBecause: 'Monitors look here; it tells no more than ok or failed.' })
    }
    for (const routeKey of ['GET /unsubscribe/{token}', 'POST /unsubscribe/{token}']) {
      http.route(routeKey, unsubscribe, { publicBecause: 'The reader of a mail has its token, and no login.' })
    }
    http.defaultRoute(api)

    const workers = this.deliverChannels(common, { ...backend, url: http.url }, queues)
    for (const worker of workers) providers.grantSend(worker)
    const feedback = this.handleReceipts(common, backend, queues)
    const dispatch = this.dispatchTurns(common, table, queues)
    const sweep = this.sweepTimers(common, table, queues)
    const authorize = this.checkTickets(common, table)
    const socket = this.serveConnections(common, table)
    const realtime = new RealtimeApi(this, 'Realtime', {
      ...common,
      authorizer: authorize,
      connect: socket,
      disconnect: socket,
      message: socket,
      namespace: 'Stackyard/Notification',
      accessLog: settings.socketAccessLog,
    })
    for (const fn of [inbox, ...workers]) realtime.grantManageConnections(fn)
    const bus = new EventBus(this, 'Events', common)
    const publisher = this.publishEvents(common, table, bus)
    new Observability(this, 'Observability', {
      alarms,
      http,
      realtime,
      functions: [api, manage, inbox],
      workers: [unsubscribe, operate, authorize, socket, dispatch, ...workers, userTasks, feedback, sweep, publisher],
      tables: [table.table],
      queues: Object.values(queues),
    })
  }

  private serveNotifications(common: Common, backend: Backend): ServiceFunction {
    const { table } = backend
    const api = new ServiceFunction(this, 'Api', {
      ...common,
      entry: 'functions/notification/api.handler.ts',
      budget: 'standard',
      description: 'Accepts notifications, cancels them, and tells what became of them.',
      timeout: API_TIMEOUT,
      environment: { ...apiEnvironment(backend), ...outbox(common), ...insecureUrls(backend) },
    })
    table.grant(api.target, ...READS, ...WRITES)
    table.grantQuery(api.target, 'ByTime')
    table.grantQuery(api.target, 'ByUser')
    backend.signingSecret.grantRead(api.target)
    return api
  }

  private serveDefinitions(common: Common, backend: Backend, { userTasks }: Queues): ServiceFunction {
    const manage = new ServiceFunction(this, 'Manage', {
      ...common,
      entry: 'functions/notification/manage.handler.ts',
      budget: 'standard',
      description: 'Keeps what is sent to whom: categories, templates, users and their preferences.',
      timeout: API_TIMEOUT,
      environment: {
        ...apiEnvironment(backend),
        ...insecureUrls(backend),
        USER_TASKS_QUEUE_URL: userTasks.queue.queueUrl,
      },
    })
    userTasks.grantSend(manage.target)
    backend.table.grant(manage.target, ...READS, ...WRITES)
    backend.signingSecret.grantRead(manage.target)
    return manage
  }

  /** Does what a change of a user means for notifications that are waiting, or were sent. */
  private doUserTasks(common: Common, table: ServiceTable, { userTasks }: Queues): ServiceFunction {
    const worker = new ServiceFunction(this, 'DoUserTasks', {
      ...common,
      entry: 'functions/notification/do-user-tasks.handler.ts',
      budget: 'standard',
      description: 'Re-times and erases the notifications of users who changed.',
      timeout: Duration.seconds(60),
      environment: { TABLE_NAME: table.table.tableName, USER_TASKS_QUEUE_URL: userTasks.queue.queueUrl },
    })
    userTasks.consume(worker, { batchSize: 1, maxConcurrency: 10 })
    userTasks.grantSend(worker.target)
    table.grantKeys(worker.target, [...NOTIFICATIONS, ...TIMERS, 'B#*', 'M#*', 'U#*'], ...READS, ...WRITES)
    table.grantQuery(worker.target, 'ByUser')
    return worker
  }

  private serveInboxes(common: Common, backend: Backend): ServiceFunction {
    const { TABLE_NAME = '', SIGNING_SECRET = '', TENANCY = '' } = apiEnvironment(backend)
    const inbox = new ServiceFunction(this, 'Inbox', {
      ...common,
      entry: 'functions/notification/inbox.handler.ts',
      budget: 'standard',
      description: 'Shows users their inboxes, and gives them tickets to follow them live.',
      timeout: API_TIMEOUT,
      environment: { TABLE_NAME, SIGNING_SECRET, TENANCY },
    })
    backend.table.grantKeys(inbox.target, ['B#*', 'C#*', 'W#*'], ...READS, ...WRITES)
    backend.signingSecret.grantRead(inbox.target)
    return inbox
  }

  private checkTickets(common: Common, table: ServiceTable): ServiceFunction {
    const authorize = new ServiceFunction(this, 'Authorize', {
      ...common,
      entry: 'functions/notification/authorize.handler.ts',
      budget: 'standard',
      description: 'Takes the ticket with which a client connects.',
      environment: { TABLE_NAME: table.table.tableName },
    })
    table.grantKeys(authorize.target, ['W#*'], 'dynamodb:DeleteItem')
    return authorize
  }

  private serveConnections(common: Common, table: ServiceTable): ServiceFunction {
    const socket = new ServiceFunction(this, 'Socket', {
      ...common,
      entry: 'functions/notification/socket.handler.ts',
      budget: 'standard',
      description: 'Knows which connections of users are live.',
      environment: { TABLE_NAME: table.table.tableName },
    })
    table.grantKeys(socket.target, ['C#*'], 'dynamodb:DeleteItem', 'dynamodb:PutItem')
    return socket
  }

  /** Serves whoever has a token of a mail: it reads tokens and writes unsubscriptions, and nothing else. */
  private serveUnsubscriptions(common: Common, table: ServiceTable): ServiceFunction {
    const unsubscribe = new ServiceFunction(this, 'Unsubscribe', {
      ...common,
      entry: 'functions/notification/unsubscribe.handler.ts',
      budget: 'standard',
      description: 'Unsubscribes the readers of mails.',
      timeout: Duration.seconds(10),
      environment: { TABLE_NAME: table.table.tableName },
    })
    table.grantKeys(unsubscribe.target, ['Y#*'], 'dynamodb:GetItem')
    table.grantKeys(unsubscribe.target, ['A#*'], 'dynamodb:PutItem')
    return unsubscribe
  }

  /** Delivers by priority: each queue has a worker of its own, so that none waits for another. */
  private deliverChannels(common: Common, backend: Backend & { url: string }, queues: Queues): ServiceFunction[] {
    const { url } = backend
    const environment = (queue: WorkQueue) => ({
      TABLE_NAME: backend.table.table.tableName,
      QUEUE_URL: queue.queue.queueUrl,
      TIMEOUT_MS: String(WORKER_TIMEOUT.toMilliseconds()),
      PUBLIC_URL: url,
      FEEDBACK_QUEUE_URL: queues.receipts.queue.queueUrl,
      LIMIT_BUDGET_MS: String(backend.settings.limitBudgetMs),
      ...outbox(common),
      ...insecureUrls(backend),
    })
    const critical = new ServiceFunction(this, 'DeliverCritical', {
      ...common,
      entry: 'functions/notification/deliver-critical.handler.ts',
      budget: 'standard',
      description: 'Delivers what is critical.',
      timeout: WORKER_TIMEOUT,
      environment: environment(queues.critical),
    })
    const normal = new ServiceFunction(this, 'DeliverNormal', {
      ...common,
      entry: 'functions/notification/deliver-normal.handler.ts',
      budget: 'standard',
      description: 'Delivers what has no special priority.',
      timeout: WORKER_TIMEOUT,
      environment: environment(queues.normal),
    })
    const bulk = new ServiceFunction(this, 'DeliverBulk', {
      ...common,
      entry: 'functions/notification/deliver-bulk.handler.ts',
      budget: 'standard',
      description: 'Delivers what may wait.',
      timeout: WORKER_TIMEOUT,
      environment: environment(queues.bulk),
    })
    // A worker handles five messages at a time: a batch of them waits for none.
    queues.critical.consume(critical, { batchSize: 5, maxConcurrency: 50 })
    queues.normal.consume(normal, { batchSize: 5, maxConcurrency: 50 })
    queues.bulk.consume(bulk, { batchSize: 5, maxConcurrency: 20 })
    const workers = { critical, normal, bulk }
    for (const priority of ['critical', 'normal', 'bulk'] as const) {
      const { target } = workers[priority]
      // A worker sends a message that came too early to its own queue again.
      queues[priority].grantSend(target)
      queues.receipts.grantSend(target)
      backend.table.grantKeys(target, [...NOTIFICATIONS, ...OUTBOX, ...JUDGED, ...TIMERS], ...READS, ...WRITES)
    }
    return Object.values(workers)
  }

  /** Takes in what providers tell later of what they sent. */
  private handleReceipts(common: Common, { table }: Backend, { receipts }: Queues): ServiceFunction {
    const feedback = new ServiceFunction(this, 'Feedback', {
      ...common,
      entry: 'functions/notification/feedback.handler.ts',
      budget: 'standard',
      description: 'Takes in receipts, bounces and complaints.',
      timeout: Duration.seconds(30),
      environment: { TABLE_NAME: table.table.tableName },
    })
    receipts.consume(feedback, { batchSize: 10, maxConcurrency: 20 })
    table.grantKeys(feedback.target, [...NOTIFICATIONS, ...ADDRESSES, ...TIMERS], ...READS, ...WRITES)
    return feedback
  }

  private serveOperators(
    common: Common,
    backend: Backend,
    { queues, providers }: { queues: Queues; providers: Providers },
  ): ServiceFunction {
    const operate = new ServiceFunction(this, 'Operate', {
      ...common,
      entry: 'functions/notification/operate.handler.ts',
      budget: 'standard',
      description: 'Shows providers and queues, sends what failed again, and looks after webhooks.',
      timeout: API_TIMEOUT,
      environment: {
        ...apiEnvironment(backend),
        NORMAL_QUEUE_URL: queues.normal.queue.queueUrl,
        PROVIDERS: JSON.stringify(providers.listed),
        QUEUES: Stack.of(this).toJsonString(
          Object.fromEntries(
            Object.entries(queues).map(([name, { queue, deadLetters }]) => [
              name,
              { url: queue.queueUrl, deadLettersUrl: deadLetters.queue.queueUrl },
            ]),
          ),
        ),
      },
    })
    for (const { queue, deadLetters } of Object.values(queues) as WorkQueue[]) {
      queue.grant(operate.target, 'sqs:GetQueueAttributes', 'sqs:SendMessage')
      deadLetters.queue.grant(operate.target, ...DEAD_LETTER_ACTIONS)
    }
    backend.table.grant(operate.target, ...READS, ...WRITES)
    return operate
  }

  /** Hands each channel that a change makes due within 15 minutes to the queue of its priority. */
  private dispatchTurns(common: Common, table: ServiceTable, queues: Queues): ServiceFunction {
    const dispatch = new ServiceFunction(this, 'Dispatch', {
      ...common,
      entry: 'functions/notification/dispatch.handler.ts',
      budget: 'standard',
      description: 'Queues channels of notifications that are to be sent.',
      timeout: Duration.seconds(30),
      environment: queueUrls(queues),
    })
    for (const queue of Object.values(queues)) queue.grantSend(dispatch.target)
    new ChangeFeed(this, 'TurnFeed', {
      ...common,
      table,
      consumer: dispatch,
      filters: [{ eventName: ['INSERT', 'MODIFY'], dynamodb: { NewImage: { turn: { N: FilterRule.exists() } } } }],
      parallelization: 10,
      texts: {
        deadLetters:
          'Channels of notifications could not be queued: they wait until they are sent to their queue again.',
        deadLettersRunbook: 'notification-dispatch',
        lag: `Notifications are sent ${MAX_LAG.toHumanString()} late: their dispatch lags, or fails.`,
        lagRunbook: 'notification-dispatch',
      },
    })
    return dispatch
  }

  /** Hands over what is due later than a queue can delay. */
  private sweepTimers(common: Common, table: ServiceTable, queues: Queues): ServiceFunction {
    const timeout = Duration.seconds(50)
    const sweep = new ServiceFunction(this, 'Sweep', {
      ...common,
      entry: 'functions/notification/sweep.handler.ts',
      budget: 'standard',
      description: 'Queues channels whose timers are due.',
      timeout,
      environment: {
        TABLE_NAME: table.table.tableName,
        TIMEOUT_MS: String(timeout.toMilliseconds()),
        ...queueUrls(queues),
      },
    })
    for (const queue of Object.values(queues)) queue.grantSend(sweep.target)
    table.grantKeys(sweep.target, TIMERS, ...TIMER_ACTIONS)
    new Schedule(this, 'SweepEachMinute', { ...common, every: Duration.minutes(1), target: sweep })
    return sweep
  }

  private publishEvents(common: Common, table: ServiceTable, bus: EventBus): ServiceFunction {
    const publisher = new ServiceFunction(this, 'Publisher', {
      ...common,
      entry: 'functions/notification/publisher.handler.ts',
      budget: 'standard',
      description: 'Publishes what becomes of notifications as events.',
      timeout: Duration.seconds(30),
    })
    new Outbox(this, 'Outbox', { ...common, table, bus, publisher })
    return publisher
  }
}

const TIMER_ACTIONS = ['DeleteItem', 'GetItem', 'Query', 'UpdateItem'].map((action) => `dynamodb:${action}`)

const DEAD_LETTER_ACTIONS = ['DeleteMessage', 'GetQueueAttributes', 'ReceiveMessage'].map((action) => `sqs:${action}`)

/** One second less than API Gateway waits at most. */
const API_TIMEOUT = Duration.seconds(29)

function apiEnvironment({ table, signingSecret, settings }: Backend): Record<string, string> {
  return {
    TABLE_NAME: table.table.tableName,
    SIGNING_SECRET: signingSecret.secretArn,
    TENANCY: settings.tenancy,
    TIMEOUT_MS: String(API_TIMEOUT.toMilliseconds()),
    TENANT_WRITES_PER_SECOND: String(settings.tenantWritesPerSecond),
    LIMIT_BUDGET_MS: String(settings.limitBudgetMs),
  }
}

/** Lets webhooks go to the machine itself, in development alone. */
function insecureUrls({ settings }: Backend): Record<string, string> {
  return settings.allowInsecureWebhooks ? { ALLOW_INSECURE_URLS: 'true' } : {}
}

/** Lets the stage dev keep what no provider is set up for. */
function outbox({ stage }: Common): Record<string, string> {
  return stage === 'dev' ? { OUTBOX: 'true' } : {}
}

function queueUrls({ critical, normal, bulk }: Omit<Queues, 'receipts'>): Record<string, string> {
  return {
    CRITICAL_QUEUE_URL: critical.queue.queueUrl,
    NORMAL_QUEUE_URL: normal.queue.queueUrl,
    BULK_QUEUE_URL: bulk.queue.queueUrl,
  }
}
