import { Duration } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import type { Alarms } from '../shared/alarms.ts'
import type { HttpService } from '../shared/http-service.ts'
import { NewObjects } from '../shared/new-objects.ts'
import { ServiceBucket } from '../shared/service-bucket.ts'
import { ServiceFunction } from '../shared/service-function.ts'
import type { ServiceTable } from '../shared/service-table.ts'
import type { Settings, Stage } from '../shared/settings.ts'
import { WorkQueue } from '../shared/work-queue.ts'

export interface JobsProps {
  readonly stage: Stage
  readonly alarms: Alarms
  readonly settings: Settings
  readonly links: ServiceTable
  readonly http: HttpService
  /** The start of short URLs, without a trailing slash. */
  readonly publicUrl: string
  /** All URLs whose hosts serve short links. */
  readonly ownUrls: readonly string[]
}

/** Files outlive their jobs, which exist for a week. */
const EXPIRY = Duration.days(8)

/** The patterns of the partition keys of jobs, of requests with an `Idempotency-Key`, and of the counters of limits. */
const [REQUESTS, COUNTERS] = [['J#*', 'I#*'], ['Q*']]

/**
 * Adds imports and exports to the stack: their files, the queue of their steps, and two functions. The management of
 * links is none of them, because its bundle has no room for signing URLs and for CSV, which every start of that function
 * would load.
 */
export function addJobs(scope: Construct, props: JobsProps): Jobs {
  const { stage, alarms, settings } = props
  const bucket = new ServiceBucket(scope, 'JobFiles', {
    stage,
    corsOrigins: settings.corsOrigins,
    expirations: { 'imports/': EXPIRY, 'exports/': EXPIRY },
  })
  const queue = new WorkQueue(scope, 'JobSteps', {
    stage,
    alarms,
    // A step that fails is repeated after three minutes, for an hour.
    maxReceiveCount: 20,
  })
  new NewObjects(scope, 'Uploads', { stage, alarms, bucket, prefix: 'imports/', queue })
  return { api: addApi(scope, props, { bucket, queue }), worker: addRunner(scope, props, { bucket, queue }), queue }
}

interface Jobs {
  readonly api: ServiceFunction
  readonly worker: ServiceFunction
  readonly queue: WorkQueue
}

interface Parts {
  readonly bucket: ServiceBucket
  readonly queue: WorkQueue
}

/** Adds the function that answers requests about jobs, and its routes. */
function addApi(scope: Construct, props: JobsProps, { bucket, queue }: Parts): ServiceFunction {
  const { stage, alarms, settings, links, http } = props
  const timeout = Duration.seconds(10)
  const api = new ServiceFunction(scope, 'Jobs', {
    stage,
    alarms,
    entry: 'functions/url-shortener/jobs.handler.ts',
    budget: 'standard',
    description: 'Starts imports and exports of links, and tells how far they are.',
    timeout,
    environment: {
      TABLE_NAME: links.table.tableName,
      TIMEOUT_MS: String(timeout.toMilliseconds()),
      API_URL: http.url,
      TENANCY: settings.tenancy,
      TENANT_WRITES_PER_SECOND: String(settings.tenantWritesPerSecond),
      QUEUE_URL: queue.queue.queueUrl,
    },
  })
  const writes = ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem']
  links.grantKeys(api.target, REQUESTS, 'dynamodb:GetItem', ...writes)
  // This proves at the start that the table answers, by a key that no link has.
  links.grantKeys(api.target, ['L#'], 'dynamodb:GetItem')
  links.grantKeys(api.target, COUNTERS, 'dynamodb:BatchGetItem', 'dynamodb:UpdateItem')
  // A signed URL allows what the role of its signer allows.
  bucket.grant(api, 'imports/', 'write')
  bucket.grant(api, 'exports/', 'read')
  queue.grantSend(api.target)
  http.route('POST /v1/imports', api, { scopes: ['links:write'] })
  http.route('GET /v1/imports/{jobId}', api, { scopes: ['links:write'] })
  http.route('POST /v1/exports', api, { scopes: ['links:read'] })
  http.route('GET /v1/exports/{jobId}', api, { scopes: ['links:read'] })
  return api
}

/** Adds the function that does the work, in steps. */
function addRunner(scope: Construct, props: JobsProps, { bucket, queue }: Parts): ServiceFunction {
  const { stage, alarms, links, publicUrl, ownUrls } = props
  const timeout = Duration.seconds(30)
  const runner = new ServiceFunction(scope, 'RunJobs', {
    stage,
    alarms,
    entry: 'functions/url-shortener/run-jobs.handler.ts',
    budget: 'standard',
    description: 'Imports and exports links, step by step.',
    // A message stays hidden for six times as long, so that a job goes on three minutes after its step was killed.
    timeout,
    // Reading a file of 5 MB takes a quarter of a second of a full core, of which this memory provides more than half.
    memorySize: 1024,
    environment: {
      TABLE_NAME: links.table.tableName,
      TIMEOUT_MS: String(timeout.toMilliseconds()),
      PUBLIC_URL: publicUrl,
      OWN_URLS: ownUrls.join(','),
      QUEUE_URL: queue.queue.queueUrl,
    },
  })
  links.grant(runner.target, 'dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem')
  links.grantQuery(runner.target, 'byTenant')
  bucket.grant(runner, 'imports/', 'read')
  bucket.grant(runner, 'exports/', 'read', 'write')
  queue.grantSend(runner.target)
  // Steps are short, so that the jobs of one tenant leave room for those of others.
  queue.consume(runner, { batchSize: 1, maxConcurrency: 5 })
  return runner
}
