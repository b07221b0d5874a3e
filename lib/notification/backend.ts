import { Duration } from 'aws-cdk-lib'
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager'
import type { Alarms } from '../shared/alarms.ts'
import type { ServiceTable } from '../shared/service-table.ts'
import type { Settings, Stage } from '../shared/settings.ts'
import type { WorkQueue } from '../shared/work-queue.ts'

/** The props that most constructs of the stack share. */
export interface Common {
  readonly stage: Stage
  readonly alarms: Alarms
}

export interface Backend {
  readonly table: ServiceTable
  readonly signingSecret: ISecret
  readonly settings: Settings
}

/** The queues: those of turns and broadcasts are by priority, so that what is critical waits behind nothing else. */
export interface Queues {
  readonly receipts: WorkQueue
  readonly userTasks: WorkQueue
  readonly broadcasts: WorkQueue
  readonly criticalBroadcasts: WorkQueue
  readonly events: WorkQueue
  readonly critical: WorkQueue
  readonly normal: WorkQueue
  readonly bulk: WorkQueue
}

/** Partition keys of notifications, of broadcasts with the counts of their notifications' ends, and of timers. */
export const [NOTIFICATIONS, BROADCASTS, TIMERS] = [['N#*'], ['P#*'], ['T#*']]

/** Partition keys of addresses with their standing, and of the key of their hashes. */
export const ADDRESSES = ['A#*', 'G#*', 'L#*']

export const READS = ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query']
export const WRITES = ['dynamodb:ConditionCheckItem', 'dynamodb:DeleteItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem']

/** One second less than API Gateway waits at most. */
export const API_TIMEOUT = Duration.seconds(29)

export function apiEnvironment({ table, signingSecret, settings }: Backend): Record<string, string> {
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
export function insecureUrls({ settings }: Backend): Record<string, string> {
  return settings.allowInsecureWebhooks ? { ALLOW_INSECURE_URLS: 'true' } : {}
}

/** Lets the stage dev keep what no provider is set up for. */
export function outbox({ stage }: Common): Record<string, string> {
  return stage === 'dev' ? { OUTBOX: 'true' } : {}
}
