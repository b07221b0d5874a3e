import { Duration, Stack, type StackProps } from 'aws-cdk-lib'
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager'
import type { Construct } from 'constructs'
import { Alarms } from '../shared/alarms.ts'
import { EventBus } from '../shared/event-bus.ts'
import { HttpService } from '../shared/http-service.ts'
import { Observability } from '../shared/observability.ts'
import { Outbox } from '../shared/outbox.ts'
import { RealtimeApi } from '../shared/realtime-api.ts'
import { ServiceBucket } from '../shared/service-bucket.ts'
import { ServiceFunction } from '../shared/service-function.ts'
import { ServiceSecret } from '../shared/service-secret.ts'
import { ServiceTable } from '../shared/service-table.ts'
import type { Settings, TokenIssuer } from '../shared/settings.ts'
import { WorkQueue } from '../shared/work-queue.ts'
import { type Common, READS, REGISTRY, ROOMS, TICKETS, USERS, WATCHERS, WRITES } from './backend.ts'
import { checkPresence, deliverEvents, dispatchEvents, findMissed, leftBehind } from './delivery.ts'
import { eraseFiles, keepUpRooms, pseudonymiseUsers } from './upkeep.ts'

export interface ChatProps extends StackProps {
  readonly settings: Settings
  readonly issuer: TokenIssuer
}

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
    const dispatch = dispatchEvents(this, common, { table, deliveries, erasures, missedChecks })
    const erase = eraseFiles(this, common, { files, erasures })
    const upkeep = keepUpRooms(this, common, table)
    const missed = findMissed(this, common, { table, missedChecks })
    const fanOut = deliverEvents(this, common, { table, settings, deliveries })
    const presence = checkPresence(this, common, { table, presences })
    const pseudonymise = pseudonymiseUsers(this, common, { table, steps: pseudonymiseSteps })
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
      // A client that was away for a long time is sent a thousand events for each of fifty rooms.
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

interface Backend {
  readonly table: ServiceTable
  readonly settings: Settings
}
