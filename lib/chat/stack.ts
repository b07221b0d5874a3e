import { Duration, Stack, type StackProps } from 'aws-cdk-lib'
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch'
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
import { ServiceBucket } from '../shared/service-bucket.ts'
import { ServiceFunction } from '../shared/service-function.ts'
import { ServiceSecret } from '../shared/service-secret.ts'
import { ServiceTable } from '../shared/service-table.ts'
import type { Settings, Stage, TokenIssuer } from '../shared/settings.ts'
import { stackMetric } from '../shared/stack-metric.ts'
import { WorkQueue } from '../shared/work-queue.ts'

export interface ChatProps extends StackProps {
  readonly settings: Settings
  readonly issuer: TokenIssuer
}

/** The props that most constructs of the stack share. */
interface Common {
  readonly stage: Stage
  readonly alarms: Alarms
}

/**
 * Partition keys: of tickets, of rooms, of users with their connections, and of a room's registered and watching
 * connections, and of rooms that need work later.
 */
const [TICKETS, ROOMS, USERS, REGISTRY, WATCHERS, UPKEEP] = [['W#*'], ['R#*'], ['U#*'], ['C#*'], ['V#*'], ['D#*']]

const READS = ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query']
const WRITES = ['dynamodb:ConditionCheckItem', 'dynamodb:DeleteItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem']

/** Routes that members use. */
const ROUTES = [
  'POST /v1/rooms',
  'GET /v1/rooms',
  'GET /v1/rooms/{id}',
  'PATCH /v1/rooms/{id}',
  'DELETE /v1/rooms/{id}',
  'GET /v1/rooms/{id}/members',
  'PUT /v1/rooms/{id}/members/{user}',
  'DELETE /v1/rooms/{id}/members/{user}',
  'PUT /v1/rooms/{id}/bans/{user}',
  'DELETE /v1/rooms/{id}/bans/{user}',
  'PUT /v1/rooms/{id}/notify',
  'POST /v1/rooms/{id}/messages',
  'GET /v1/rooms/{id}/messages',
  'GET /v1/rooms/{id}/events',
  'GET /v1/rooms/{id}/threads/{seq}',
  'POST /v1/rooms/{id}/uploads',
  'GET /v1/attachments/{attachment}',
  'PUT /v1/blocks/{user}',
  'DELETE /v1/blocks/{user}',
  'POST /v1/ws-ticket',
]

/**
 * Rooms whose members all see the same order of events, over HTTP and WebSocket: changes are committed to a table, whose
 * stream drives their delivery, so that nothing that was acknowledged is lost.
 */
export class Chat extends Stack {
  constructor(scope: Construct, id: string, props: ChatProps) {
    super(scope, id, props)
    const { issuer, settings } = props
    const { stage, corsOrigins } = settings
    const alarms = new Alarms(this, 'Alarms')
    const common = { stage, alarms }
    const table = new ServiceTable(this, 'Rooms', { ...common, stream: true })
    const files = new ServiceBucket(this, 'Files', { stage, corsOrigins })
    const signingSecret = new ServiceSecret(this, 'SigningSecret', { stage }).secret
    const http = new HttpService(this, 'Http', { ...common, issuer, corsOrigins })
    const pseudonymiseSteps = new WorkQueue(this, 'PseudonymiseSteps', common)
    const api = this.serveRooms(common, { table, signingSecret, settings, pseudonymiseSteps })
    for (const routeKey of ROUTES) http.route(routeKey, api, { scopes: ['chat'] })
    http.route('DELETE /v1/users/{user}', api, { scopes: ['chat:admin'] })
    for (const routeKey of ['GET /health', 'HEAD /health']) {
      http.route(routeKey, api, { publicBecause: 'Monitors look here; it tells no more than ok or failed.' })
    }
    http.defaultRoute(api)

    const authorize = this.checkTickets(common, table)
    const presences = new WorkQueue(this, 'Presences', common)
    const socket = this.serveConnections(common, { table, settings }, presences)
    const realtime = new RealtimeApi(this, 'Realtime', {
      ...common,
      authorizer: authorize,
      connect: socket,
      disconnect: socket,
      message: socket,
      namespace: 'Stackyard/Chat',
      accessLog: settings.socketAccessLog,
    })
    const deliveries = new WorkQueue(this, 'Deliveries', { ...common, fifo: true })
    // Some messages wait for 15 minutes before anyone may receive them.
    const erasures = new WorkQueue(this, 'Erasures', { ...common, maxAge: Duration.minutes(45) })
    const missedChecks = new WorkQueue(this, 'MissedChecks', common)
    const dispatch = this.dispatchEvents(common, table, { deliveries, erasures, missedChecks })
    const erase = this.eraseFiles(common, files, erasures)
    const upkeep = this.keepUpRooms(common, table)
    const missed = this.findMissed(common, table, missedChecks)
    const fanOut = this.deliverEvents(common, { table, settings }, deliveries)
    const presence = this.checkPresence(common, table, presences)
    const pseudonymise = this.pseudonymiseUsers(common, table, pseudonymiseSteps)
    for (const fn of [socket, fanOut, presence, pseudonymise]) realtime.grantManageConnections(fn)
    files.grant(api, '', 'read', 'write')
    files.grant(socket, '', 'read')

    const bus = new EventBus(this, 'Events', common)
    const publisher = this.publishEvents(common, table, bus)
    new Observability(this, 'Observability', {
      alarms,
      http,
      realtime,
      functions: [api, authorize, socket],
      workers: [dispatch, fanOut, presence, missed, publisher, erase, upkeep, pseudonymise],
      tables: [table.table],
      queues: [deliveries, presences, erasures, missedChecks, pseudonymiseSteps],
      graphs: [{ title: 'Deliveries: connections left behind', metrics: [leftBehind()] }],
    })
  }

  private serveRooms(common: Common, { table, signingSecret, settings, pseudonymiseSteps }: ApiBackend) {
    const timeout = Duration.seconds(29)
    const api = new ServiceFunction(this, 'Api', {
      ...common,
      entry: 'functions/chat/api.handler.ts',
      budget: 'files',
      description: 'Answers requests about rooms, members and messages.',
      timeout,
      environment: {
        TABLE_NAME: table.table.tableName,
        SIGNING_SECRET: signingSecret.secretArn,
        TENANCY: settings.tenancy,
        TIMEOUT_MS: String(timeout.toMilliseconds()),
        TENANT_WRITES_PER_SECOND: String(settings.tenantWritesPerSecond),
        LIMIT_BUDGET_MS: String(settings.limitBudgetMs),
        PSEUDONYMISE_QUEUE_URL: pseudonymiseSteps.queue.queueUrl,
      },
    })
    pseudonymiseSteps.grantSend(api.target)
    table.grant(api.target, ...READS, ...WRITES)
    signingSecret.grantRead(api.target)
    return api
  }

  private checkTickets(common: Common, table: ServiceTable): ServiceFunction {
    const authorize = new ServiceFunction(this, 'Authorize', {
      ...common,
      entry: 'functions/chat/authorize.handler.ts',
      budget: 'standard',
      description: 'Takes the ticket with which a client connects.',
      environment: { TABLE_NAME: table.table.tableName },
    })
    table.grantKeys(authorize.target, TICKETS, 'dynamodb:DeleteItem')
    return authorize
  }

  private serveConnections(common: Common, { table, settings }: Backend, presences: WorkQueue): ServiceFunction {
    const socket = new ServiceFunction(this, 'Socket', {
      ...common,
      entry: 'functions/chat/socket.handler.ts',
      budget: 'files',
      description: 'Opens connections, and handles what clients send.',
      // A client that was away for long is sent a thousand events for each of fifty rooms.
      timeout: Duration.seconds(29),
      environment: {
        TABLE_NAME: table.table.tableName,
        FANOUT_RPS: String(settings.fanoutRps),
        PRESENCE_QUEUE_URL: presences.queue.queueUrl,
      },
    })
    presences.grantSend(socket.target)
    table.grantKeys(socket.target, [...ROOMS, ...USERS, ...REGISTRY, ...WATCHERS], ...READS, ...WRITES)
    return socket
  }

  /** Turns each new event into work for those who deliver it: a room's events stay in order, and rooms don't wait. */
  private dispatchEvents(common: Common, table: ServiceTable, queues: DispatchQueues): ServiceFunction {
    const { deliveries, erasures, missedChecks } = queues
    const dispatch = new ServiceFunction(this, 'Dispatch', {
      ...common,
      entry: 'functions/chat/dispatch.handler.ts',
      budget: 'standard',
      description: 'Queues the delivery of new events, and the erasure of files.',
      timeout: Duration.seconds(30),
      environment: {
        DELIVERIES_QUEUE_URL: deliveries.queue.queueUrl,
        ERASURES_QUEUE_URL: erasures.queue.queueUrl,
        MISSED_QUEUE_URL: missedChecks.queue.queueUrl,
      },
    })
    for (const queue of Object.values(queues)) queue.grantSend(dispatch.target)
    new ChangeFeed(this, 'EventFeed', {
      ...common,
      table,
      consumer: dispatch,
      filters: [
        { eventName: ['INSERT'], dynamodb: { NewImage: { shards: { N: FilterRule.exists() } } } },
        { eventName: ['REMOVE'], dynamodb: { OldImage: { objectKey: { S: FilterRule.exists() } } } },
      ],
      texts: {
        deadLetters:
          'Events of rooms, or files to erase, could not be queued: members get the events when they resume.',
        deadLettersRunbook: 'chat-dispatch',
        lag: `Events are delivered ${MAX_LAG.toHumanString()} late: their dispatch lags, or fails.`,
        lagRunbook: 'chat-dispatch',
      },
    })
    return dispatch
  }

  /** Erases the content of attachments whose records are gone: with their message, or because nobody sent them. */
  private eraseFiles(common: Common, files: ServiceBucket, erasures: WorkQueue): ServiceFunction {
    const erase = new ServiceFunction(this, 'Erase', {
      ...common,
      entry: 'functions/chat/erase.handler.ts',
      budget: 'standard',
      description: 'Erases files of messages that are gone.',
      timeout: Duration.seconds(20),
    })
    files.grant(erase, '', 'delete')
    erasures.consume(erase, { batchSize: 10, maxConcurrency: 5 })
    return erase
  }

  private deliverEvents(common: Common, { table, settings }: Backend, deliveries: WorkQueue): ServiceFunction {
    const fanOut = new ServiceFunction(this, 'FanOut', {
      ...common,
      entry: 'functions/chat/fan-out.handler.ts',
      budget: 'standard',
      description: 'Sends events of rooms to the connections of their members.',
      timeout: Duration.seconds(30),
      environment: { TABLE_NAME: table.table.tableName, FANOUT_RPS: String(settings.fanoutRps) },
    })
    table.grantKeys(fanOut.target, [...ROOMS, ...USERS, ...REGISTRY, ...WATCHERS], ...READS, ...WRITES)
    // A message that waited for its visibility timeout would hold up its room for three minutes.
    deliveries.consume(fanOut, { batchSize: 10, maxConcurrency: 50, retriesSoon: true })
    return fanOut
  }

  /** Finds out who is online when connections open, close, and fall silent. */
  private checkPresence(common: Common, table: ServiceTable, presences: WorkQueue): ServiceFunction {
    const presence = new ServiceFunction(this, 'Presence', {
      ...common,
      entry: 'functions/chat/presence.handler.ts',
      budget: 'standard',
      description: 'Tells members of each other who is online.',
      timeout: Duration.seconds(20),
      environment: { TABLE_NAME: table.table.tableName, PRESENCE_QUEUE_URL: presences.queue.queueUrl },
    })
    presences.grantSend(presence.target)
    table.grantKeys(presence.target, [...ROOMS, ...USERS, ...WATCHERS], ...READS, ...WRITES)
    presences.consume(presence, { batchSize: 10, maxConcurrency: 10 })
    return presence
  }

  /** Finds out who missed a message, when it is sent and a minute later. */
  private findMissed(common: Common, table: ServiceTable, missedChecks: WorkQueue): ServiceFunction {
    const missed = new ServiceFunction(this, 'Missed', {
      ...common,
      entry: 'functions/chat/missed.handler.ts',
      budget: 'standard',
      description: 'Tells other systems which members missed a message.',
      timeout: Duration.seconds(30),
      environment: { TABLE_NAME: table.table.tableName, MISSED_QUEUE_URL: missedChecks.queue.queueUrl },
    })
    missedChecks.grantSend(missed.target)
    table.grantKeys(missed.target, [...ROOMS, ...USERS], ...READS, 'dynamodb:PutItem', 'dynamodb:UpdateItem')
    missedChecks.consume(missed, { batchSize: 10, maxConcurrency: 10 })
    return missed
  }

  /** Replaces users by pseudonyms, room by room. */
  private pseudonymiseUsers(common: Common, table: ServiceTable, steps: WorkQueue): ServiceFunction {
    const pseudonymise = new ServiceFunction(this, 'Pseudonymise', {
      ...common,
      entry: 'functions/chat/pseudonymise.handler.ts',
      budget: 'standard',
      description: 'Replaces users by pseudonyms.',
      timeout: Duration.seconds(60),
      environment: { TABLE_NAME: table.table.tableName, PSEUDONYMISE_QUEUE_URL: steps.queue.queueUrl },
    })
    steps.grantSend(pseudonymise.target)
    const keys = [...ROOMS, ...USERS, ...REGISTRY, ...WATCHERS, ...UPKEEP]
    table.grantKeys(pseudonymise.target, keys, ...READS, ...WRITES)
    steps.consume(pseudonymise, { batchSize: 1, maxConcurrency: 50 })
    return pseudonymise
  }

  /** Removes messages that have expired, and what is left of deleted rooms. */
  private keepUpRooms(common: Common, table: ServiceTable): ServiceFunction {
    const timeout = Duration.minutes(5)
    const upkeep = new ServiceFunction(this, 'Upkeep', {
      ...common,
      entry: 'functions/chat/upkeep.handler.ts',
      budget: 'standard',
      description: 'Removes messages that have expired, and deleted rooms.',
      timeout,
      environment: { TABLE_NAME: table.table.tableName, TIMEOUT_MS: String(timeout.toMilliseconds()) },
    })
    const actions = ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem']
    table.grantKeys(upkeep.target, [...ROOMS, ...USERS, ...REGISTRY, ...UPKEEP], ...actions)
    new Schedule(this, 'UpkeepSchedule', { ...common, every: Duration.minutes(15), target: upkeep })
    return upkeep
  }

  private publishEvents(common: Common, table: ServiceTable, bus: EventBus): ServiceFunction {
    const publisher = new ServiceFunction(this, 'Publisher', {
      ...common,
      entry: 'functions/chat/publisher.handler.ts',
      budget: 'standard',
      description: 'Publishes what becomes of rooms and members as events.',
      timeout: Duration.seconds(30),
    })
    new Outbox(this, 'Outbox', { ...common, table, bus, publisher })
    return publisher
  }
}

interface ApiBackend extends Backend {
  readonly signingSecret: ISecret
  readonly pseudonymiseSteps: WorkQueue
}

interface DispatchQueues {
  readonly deliveries: WorkQueue
  readonly erasures: WorkQueue
  readonly missedChecks: WorkQueue
}

interface Backend {
  readonly table: ServiceTable
  readonly settings: Settings
}

/** Counts connections that could not be sent an event: their clients see the gap, and resume. */
function leftBehind(): IMetric {
  return stackMetric({ namespace: 'Stackyard/Chat', name: 'ConnectionsLeftBehind', label: 'connections' })
}
