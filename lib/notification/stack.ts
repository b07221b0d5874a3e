import { Duration, Stack, type StackProps } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { Alarms } from '../shared/alarms.ts'
import { EventBus } from '../shared/event-bus.ts'
import { HttpService } from '../shared/http-service.ts'
import { Observability } from '../shared/observability.ts'
import { Outbox } from '../shared/outbox.ts'
import { RealtimeApi } from '../shared/realtime-api.ts'
import { ServiceFunction } from '../shared/service-function.ts'
import { ServiceSecret } from '../shared/service-secret.ts'
import { ServiceTable } from '../shared/service-table.ts'
import type { Settings, TokenIssuer } from '../shared/settings.ts'
import { WorkQueue } from '../shared/work-queue.ts'
import {
  API_TIMEOUT,
  apiEnvironment,
  type Backend,
  type Common,
  insecureUrls,
  outbox,
  type Queues,
  READS,
  WRITES,
} from './backend.ts'
import { deliverChannels, dispatchTurns, handleReceipts, sweepTimers } from './delivery.ts'
import { checkTickets, serveConnections, serveInboxes } from './live.ts'
import { mapEvents } from './mappings.ts'
import { doUserTasks, serveUnsubscriptions } from './people.ts'
import { Providers } from './providers.ts'
import { ROUTES } from './routes.ts'
import { runBroadcasts, serveTopics } from './topics.ts'

export interface NotificationProps extends StackProps {
  readonly settings: Settings
  readonly issuer: TokenIssuer
}

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
    const table = new ServiceTable(this, 'Notifications', { ...common, stream: true, indexes, ownKey: true })
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
      broadcasts: new WorkQueue(this, 'Broadcasts', common),
      criticalBroadcasts: new WorkQueue(this, 'CriticalBroadcasts', common),
      events: new WorkQueue(this, 'ForeignEvents', common),
    }
    const api = this.serveNotifications(common, backend, queues)
    const topics = serveTopics(this, common, backend)
    const broadcasts = runBroadcasts(this, common, { table, queues })
    const manage = this.serveDefinitions(common, backend, queues)
    const inbox = serveInboxes(this, common, backend)
    const userTasks = doUserTasks(this, common, { table, userTasks: queues.userTasks })
    const unsubscribe = serveUnsubscriptions(this, common, table)
    const providers = new Providers(this, 'Providers', { stage, senders: settings.senders, receipts: queues.receipts })
    const operate = this.serveOperators(common, backend, { queues, providers })
    for (const { handler, scopes, routeKeys } of ROUTES) {
      for (const routeKey of routeKeys)
        http.route(routeKey, { api, topics, manage, operate, inbox }[handler], { scopes })
    }
    for (const routeKey of ['GET /health', 'HEAD /health']) {
      http.route(routeKey, api, { publicBecause: 'Monitors look here; it tells no more than ok or failed.' })
    }
    for (const routeKey of ['GET /unsubscribe/{token}', 'POST /unsubscribe/{token}']) {
      http.route(routeKey, unsubscribe, { publicBecause: 'The reader of a mail has its token, and no login.' })
    }
    http.defaultRoute(api)

    const workers = deliverChannels(this, common, { ...backend, url: http.url, queues })
    for (const worker of workers) providers.grantSend(worker)
    const feedback = handleReceipts(this, common, { table, queues })
    const dispatch = dispatchTurns(this, common, { table, queues })
    const sweep = sweepTimers(this, common, { table, queues })
    const authorize = checkTickets(this, common, table)
    const socket = serveConnections(this, common, table)
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
    const mapped = mapEvents(this, common, { table, bus, events: queues.events })
    new Observability(this, 'Observability', {
      alarms,
      http,
      realtime,
      functions: [api, topics, inbox],
      workers: [
        manage,
        unsubscribe,
        operate,
        authorize,
        socket,
        dispatch,
        ...broadcasts,
        ...workers,
        userTasks,
        feedback,
        sweep,
        mapped,
        publisher,
      ],
      tables: [table.table],
      queues: Object.values(queues),
    })
  }

  private serveNotifications(common: Common, backend: Backend, { critical }: Queues): ServiceFunction {
    const { table } = backend
    const api = new ServiceFunction(this, 'Api', {
      ...common,
      entry: 'functions/notification/api.handler.ts',
      budget: 'standard',
      description: 'Accepts notifications, cancels them, and tells what became of them.',
      timeout: API_TIMEOUT,
      environment: {
        ...apiEnvironment(backend),
        ...outbox(common),
        ...insecureUrls(backend),
        CRITICAL_QUEUE_URL: critical.queue.queueUrl,
      },
    })
    critical.grantSend(api.target)
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

  private serveOperators(
    common: Common,
    backend: Backend,
    { queues, providers }: { queues: Queues; providers: Providers },
  ): ServiceFunction {
    const operate = new ServiceFunction(this, 'Operate', {
      ...common,
      entry: 'functions/notification/operate.handler.ts',
      budget: 'standard',
      description: 'Shows providers and queues, sends what failed again, and looks after webhooks and mappings.',
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

const DEAD_LETTER_ACTIONS = ['DeleteMessage', 'GetQueueAttributes', 'ReceiveMessage'].map((action) => `sqs:${action}`)
