import { Duration, Stack, type StackProps } from 'aws-cdk-lib'
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager'
import type { Construct } from 'constructs'
import { Alarms } from '../shared/alarms.ts'
import { Edge } from '../shared/edge.ts'
import { EventBus } from '../shared/event-bus.ts'
import { HttpService } from '../shared/http-service.ts'
import { Observability } from '../shared/observability.ts'
import { Outbox } from '../shared/outbox.ts'
import { Schedule } from '../shared/schedule.ts'
import { ServiceFunction } from '../shared/service-function.ts'
import { ServiceSecret } from '../shared/service-secret.ts'
import { ServiceTable } from '../shared/service-table.ts'
import type { Settings, Stage, TokenIssuer } from '../shared/settings.ts'
import { stackMetric } from '../shared/stack-metric.ts'
import { WorkQueue } from '../shared/work-queue.ts'
import { countClicks, handOverClicks, serveStats } from './clicks.ts'
import { addJobs } from './jobs.ts'

export interface UrlShortenerProps extends StackProps {
  readonly settings: Settings
  readonly issuer: TokenIssuer
}

/** The props that most constructs of the stack share. */
interface Common {
  readonly stage: Stage
  readonly alarms: Alarms
}

/** The metric of visits that get an intended 503: a prefetch of a guarded link, and contention on a visit limit. */
const POSTPONED = stackMetric({
  namespace: 'Stackyard/UrlShortener',
  name: 'VisitPostponed',
  label: 'postponed',
})

/** The patterns of partition keys: of a link with all its items, and of the counters of limits. */
const [LINKS, COUNTERS] = [['L#*'], ['Q*']]

/** The paths of everything except short links. Reporters have no token, and are identified by their address. */
const EDGE_PATHS = { apiPaths: ['/v1/*', '/health'], clientPaths: ['/v1/reports'] }

/**
 * Short links: a small redirect function that visitors wait for, an API that manages the links, events of their
 * lifecycle, and a check of their targets.
 */
export class UrlShortener extends Stack {
  constructor(scope: Construct, id: string, props: UrlShortenerProps) {
    super(scope, id, props)
    const { issuer, settings } = props
    const { stage } = settings
    const alarms = new Alarms(this, 'Alarms')
    const links = new ServiceTable(this, 'Links', {
      stage,
      alarms,
      indexes: [
        { name: 'byTenant', partitionKey: 'listPk', sortKey: 'listSk' },
        // This index holds keys only, so that counting a visit doesn't write to it.
        { name: 'byEnd', partitionKey: 'endPk', sortKey: 'endSk', attributes: 'keys' },
      ],
      stream: true,
    })
    const http = new HttpService(this, 'Http', {
      stage,
      alarms,
      issuer,
      corsOrigins: settings.corsOrigins,
      postponed: POSTPONED,
    })
    const edge = settings.edge && new Edge(this, 'Edge', { stage, http, settings: settings.edge, ...EDGE_PATHS })

    const signingSecret = new ServiceSecret(this, 'SigningSecret', { stage }).secret
    const publicUrl = settings.publicUrl ?? edge?.url ?? http.url
    const redirect = new ServiceFunction(this, 'Redirect', {
      stage,
      alarms,
      entry: 'functions/url-shortener/redirect.handler.ts',
      budget: 'hot-path',
      description: 'Sends a visitor of a short link to its target.',
      environment: {
        TABLE_NAME: links.table.tableName,
        SIGNING_SECRET: signingSecret.secretArn,
        PUBLIC_URL: publicUrl,
      },
    })
    links.grantKeys(redirect.target, LINKS, 'dynamodb:GetItem', 'dynamodb:UpdateItem')
    signingSecret.grantRead(redirect.target)

    const unlock = this.unlockLinks({ stage, alarms }, links, { signingSecret, publicUrl })

    // A bulk with a hundred passwords needs a hundred hashes, each of which takes a tenth of a second of a core. This
    // memory provides more than half of a core, and the timeout is one second less than that of API Gateway.
    const timeout = Duration.seconds(29)
    const api = new ServiceFunction(this, 'Management', {
      stage,
      alarms,
      entry: 'functions/url-shortener/management.handler.ts',
      budget: 'standard',
      description: 'Manages short links, reports the health of the service, and answers 404 and 405.',
      timeout,
      memorySize: 1024,
      environment: {
        TABLE_NAME: links.table.tableName,
        SIGNING_SECRET: signingSecret.secretArn,
        TIMEOUT_MS: String(timeout.toMilliseconds()),
        API_URL: http.url,
        ...(edge && { EDGE_URL: edge.url }),
        PUBLIC_URL: publicUrl,
        TENANCY: settings.tenancy,
        TENANT_WRITES_PER_SECOND: String(settings.tenantWritesPerSecond),
      },
    })
    const writes = ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem']
    links.grant(api.target, 'dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query', ...writes)
    links.grantQuery(api.target, 'byTenant')
    signingSecret.grantRead(api.target)
    for (const fn of [redirect, unlock, api]) edge?.grantCheck(fn)

    http.route('GET /{code}', redirect, { publicBecause: 'Anybody may follow a short link.' })
    http.route('HEAD /{code}', redirect, { publicBecause: 'Anybody may follow a short link.' })
    for (const routeKey of ['GET /robots.txt', 'HEAD /robots.txt']) {
      http.route(routeKey, redirect, { publicBecause: 'Crawlers look here before anything else.' })
    }
    http.route('POST /v1/links', api, { scopes: ['links:write'] })
    http.route('POST /v1/links/bulk', api, { scopes: ['links:write'] })
    http.route('GET /v1/links', api, { scopes: ['links:read'] })
    http.route('GET /v1/links/{code}', api, { scopes: ['links:read'] })
    http.route('PATCH /v1/links/{code}', api, { scopes: ['links:write'] })
    http.route('DELETE /v1/links/{code}', api, { scopes: ['links:write'] })
    for (const routeKey of ['GET /health', 'HEAD /health']) {
      http.route(routeKey, api, { publicBecause: 'Monitors call it; it only says ok or failed.' })
    }
    http.route('PUT /v1/links/{code}/block', api, { scopes: ['links:admin'] })
    http.route('DELETE /v1/links/{code}/block', api, { scopes: ['links:admin'] })
    const qrCode = this.drawQrCodes({ stage, alarms }, links, { PUBLIC_URL: publicUrl, TENANCY: settings.tenancy })
    http.route('GET /v1/links/{code}/qr', qrCode, { scopes: ['links:read'] })
    http.route('POST /v1/reports', api, {
      publicBecause: 'A visitor who reports a link has no account here; the answer is the same for any code.',
    })
    http.route('POST /{code}/unlock', unlock, {
      publicBecause: 'Anybody may try a password, a few times a minute.',
    })
    http.defaultRoute(api)

    const bus = new EventBus(this, 'Events', { stage, alarms })
    const outbox = this.publishEvents({ stage, alarms }, links, bus)
    const [checker, checks] = this.checkTargets({ stage, alarms }, links, bus)
    const sweeper = this.sweepEnds({ stage, alarms }, links)
    const ownUrls = [publicUrl, http.url, ...(edge ? [edge.url] : [])]
    const jobs = addJobs(this, { stage, alarms, settings, links, http, publicUrl, ownUrls })
    const { clicks, counter } = countClicks(this, { stage, alarms }, links)
    const lost = handOverClicks(redirect, { clicks, links, alarms })
    const stats = serveStats(this, { stage, alarms, settings }, { links, http })

    new Observability(this, 'Observability', {
      alarms,
      http,
      functions: [redirect, unlock, api, stats, qrCode, jobs.api],
      workers: [outbox, checker, sweeper, counter, jobs.worker],
      tables: [links.table],
      queues: [checks, clicks, jobs.queue],
      graphs: [lost],
    })
  }

  /**
   * Creates the function that checks passwords. It is separate from the redirect, which most visitors wait for, because
   * the code for hashing and limits is large.
   */
  private unlockLinks(
    common: Common,
    links: ServiceTable,
    { signingSecret, publicUrl }: { signingSecret: ISecret; publicUrl: string },
  ): ServiceFunction {
    const unlock = new ServiceFunction(this, 'Unlock', {
      ...common,
      entry: 'functions/url-shortener/unlock.handler.ts',
      budget: 'standard',
      description: 'Lets visitors who know the password of a short link through.',
      // This memory provides a little more than half of a core; hashing takes a tenth of a second of a full one.
      memorySize: 1024,
      environment: {
        TABLE_NAME: links.table.tableName,
        SIGNING_SECRET: signingSecret.secretArn,
        PUBLIC_URL: publicUrl,
      },
    })
    links.grantKeys(unlock.target, LINKS, 'dynamodb:GetItem')
    // Both counters of an attempt are read in one request, and written in one transaction.
    links.grantKeys(unlock.target, COUNTERS, 'dynamodb:BatchGetItem', 'dynamodb:UpdateItem')
    signingSecret.grantRead(unlock.target)
    return unlock
  }

  /**
   * Creates the function that draws QR codes. It is separate from the management of links, whose bundle has no room for
   * the code that draws: every start of that function would load it.
   */
  private drawQrCodes(
    common: Common,
    links: ServiceTable,
    environment: Record<'PUBLIC_URL' | 'TENANCY', string>,
  ): ServiceFunction {
    const qrCode = new ServiceFunction(this, 'QrCode', {
      ...common,
      entry: 'functions/url-shortener/qr-code.handler.ts',
      budget: 'standard',
      description: 'Draws short links as QR codes.',
      // The largest image takes 75 ms of a full core, of which this memory provides more than half.
      memorySize: 1024,
      environment: { TABLE_NAME: links.table.tableName, ...environment },
    })
    links.grantKeys(qrCode.target, LINKS, 'dynamodb:GetItem')
    return qrCode
  }

  private publishEvents(common: Common, links: ServiceTable, bus: EventBus): ServiceFunction {
    const publisher = new ServiceFunction(this, 'Publisher', {
      ...common,
      entry: 'functions/url-shortener/publisher.handler.ts',
      budget: 'standard',
      description: 'Publishes the lifecycle of links as events.',
      timeout: Duration.seconds(30),
    })
    new Outbox(this, 'Outbox', { ...common, table: links, bus, publisher })
    return publisher
  }

  /** Blocks links to denied domains within a minute, and retries for about half an hour while the check fails. */
  private checkTargets(common: Common, links: ServiceTable, bus: EventBus): [ServiceFunction, WorkQueue] {
    const checker = new ServiceFunction(this, 'CheckTarget', {
      ...common,
      entry: 'functions/url-shortener/check-target.handler.ts',
      budget: 'standard',
      description: 'Blocks links that lead to denied domains.',
      // A failed message stays hidden for six times the timeout, so that it is retried within the minute.
      timeout: Duration.seconds(5),
      environment: { TABLE_NAME: links.table.tableName },
    })
    links.grant(checker.target, 'dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem')
    const queue = new WorkQueue(this, 'TargetChecks', {
      ...common,
      // The function sets poison messages aside at once: a message is received again only while the table is
      // unavailable.
      maxReceiveCount: 60,
      maxAge: Duration.minutes(1),
    })
    queue.consume(checker, { batchSize: 5, maxConcurrency: 5 })
    bus.rule('NewTargets', {
      pattern: {
        source: ['stackyard.url-shortener'],
        detailType: ['url-shortener.link.created', 'url-shortener.link.updated'],
        detail: { data: { changed: ['url', 'expiredUrl', 'rules'] } },
      },
      target: queue,
    })
    return [checker, queue]
  }

  /** Publishes the ends of links that nobody visits within the hour. */
  private sweepEnds(common: Common, links: ServiceTable): ServiceFunction {
    const timeout = Duration.minutes(5)
    const sweeper = new ServiceFunction(this, 'SweepEnds', {
      ...common,
      entry: 'functions/url-shortener/sweep-ends.handler.ts',
      budget: 'standard',
      description: 'Publishes events for links that have expired or reached their visit limit.',
      timeout,
      environment: { TABLE_NAME: links.table.tableName, TIMEOUT_MS: String(timeout.toMilliseconds()) },
    })
    links.grant(sweeper.target, 'dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:UpdateItem')
    links.grantQuery(sweeper.target, 'byEnd')
    new Schedule(this, 'SweepHourly', { ...common, every: Duration.hours(1), target: sweeper })
    return sweeper
  }
}
