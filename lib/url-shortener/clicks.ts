import { Duration } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import type { Alarms } from '../shared/alarms.ts'
import type { HttpService } from '../shared/http-service.ts'
import type { StackGraph } from '../shared/observability.ts'
import { ServiceFunction } from '../shared/service-function.ts'
import type { ServiceTable } from '../shared/service-table.ts'
import type { Settings, Stage } from '../shared/settings.ts'
import { stackMetric } from '../shared/stack-metric.ts'
import { WorkQueue } from '../shared/work-queue.ts'

interface Common {
  readonly stage: Stage
  readonly alarms: Alarms
}

/** The patterns of partition keys: of daily clicks of links and tenants, of ids of counted clicks, and of links. */
const COUNTS = ['A#*', 'B#*', 'K#*', 'L#*']
/** The keys of what statistics are read from. */
const READ = ['A#*', 'B#*', 'L#*']

/** The salts with which the redirect hashes visitors. */
export const SALTS = ['V#*']

const PERIOD = Duration.minutes(5)
const LOST = stackMetric({ namespace: 'Stackyard/UrlShortener', name: 'ClicksLost' }).with({ period: PERIOD })
/** The number of lost clicks in five minutes that deserves attention: the first click of an environment may be late. */
const MANY_LOST = 10

/** Counts clicks that the redirect sends to a queue. */
export function countClicks(
  scope: Construct,
  { stage, alarms }: Common,
  links: ServiceTable,
): { clicks: WorkQueue; counter: ServiceFunction } {
  const clicks = new WorkQueue(scope, 'Clicks', {
    stage,
    alarms,
    // A message is received again every 200 seconds while the table is unavailable, which is more than 5 hours.
    maxReceiveCount: 100,
    maxAge: Duration.minutes(5),
  })
  const counter = new ServiceFunction(scope, 'CountClicks', {
    stage,
    alarms,
    entry: 'functions/url-shortener/count-clicks.handler.ts',
    budget: 'standard',
    description: 'Adds up the clicks of short links.',
    timeout: Duration.seconds(30),
    memorySize: 1024,
    environment: { TABLE_NAME: links.table.tableName, CLICKS_QUEUE_URL: clicks.queue.queueUrl },
  })
  // A batch is read at once, and written in transactions.
  links.grantKeys(counter.target, COUNTS, 'dynamodb:BatchGetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem')
  clicks.grantSend(counter.target)
  // Clicks must be counted within a minute. The longer a batch gathers, the more clicks of a link share a write.
  clicks.consume(counter, { batchSize: 2000, maxBatchingWindow: Duration.seconds(20), maxConcurrency: 10 })
  return { clicks, counter }
}

/** Lets the redirect hand clicks over, and watches those that it can't. Returns the graph of them. */
export function handOverClicks(
  redirect: ServiceFunction,
  { clicks, links, alarms }: { clicks: WorkQueue; links: ServiceTable; alarms: Alarms },
): StackGraph {
  redirect.function.addEnvironment('CLICKS_QUEUE_URL', clicks.queue.queueUrl)
  clicks.grantSend(redirect.target)
  links.grantKeys(redirect.target, SALTS, 'dynamodb:GetItem', 'dynamodb:UpdateItem')
  alarms.add(redirect, 'ClicksLostAlarm', {
    metric: LOST,
    threshold: MANY_LOST,
    description: 'The redirect could not hand clicks over within 100 ms: statistics are too low.',
    runbook: 'clicks-lost',
  })
  return { title: 'Clicks: lost', metrics: [LOST.with({ label: 'lost' })] }
}

/** Serves the statistics of clicks. They have a function of their own, because that of the API has no room for them. */
export function serveStats(
  scope: Construct,
  { stage, alarms, settings }: Common & { settings: Settings },
  { links, http }: { links: ServiceTable; http: HttpService },
): ServiceFunction {
  const stats = new ServiceFunction(scope, 'Stats', {
    stage,
    alarms,
    entry: 'functions/url-shortener/stats.handler.ts',
    budget: 'standard',
    description: 'Tells how often short links were clicked.',
    // A year of a busy tenant is some megabytes.
    timeout: Duration.seconds(20),
    memorySize: 1024,
    environment: { TABLE_NAME: links.table.tableName, TENANCY: settings.tenancy },
  })
  links.grantKeys(stats.target, READ, 'dynamodb:GetItem', 'dynamodb:Query')
  http.route('GET /v1/links/{code}/stats', stats, { scopes: ['links:read'] })
  http.route('GET /v1/stats', stats, { scopes: ['links:read'] })
  return stats
}
