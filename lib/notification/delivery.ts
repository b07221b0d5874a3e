import { Duration } from 'aws-cdk-lib'
import { FilterRule } from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import { ChangeFeed, MAX_LAG } from '../shared/change-feed.ts'
import { Schedule } from '../shared/schedule.ts'
import { ServiceFunction } from '../shared/service-function.ts'
import type { ServiceTable } from '../shared/service-table.ts'
import type { WorkQueue } from '../shared/work-queue.ts'
import {
  ADDRESSES,
  type Backend,
  BROADCASTS,
  type Common,
  insecureUrls,
  NOTIFICATIONS,
  outbox,
  type Queues,
  READS,
  TIMERS,
  WRITES,
} from './backend.ts'

/** Partition keys of the outbox, and of all by which workers judge. */
const OUTBOX = ['O#*']
const JUDGED = ['A#*', 'B#*', 'C#*', 'D#*', 'E#*', 'G#*', 'H#*', 'K#*', 'M#*', 'Q*', 'U#*', 'V#*', 'Y#*']

/** The time of a worker: a webhook may take 15 seconds, and its results are to be written. */
const WORKER_TIMEOUT = Duration.seconds(30)

/** New items of channels with a turn that is to be dispatched, and those of broadcasts. */
const NEW_TURN = { dispatch: { S: FilterRule.exists() } }
const BROADCAST = { sk: { S: FilterRule.isEqual('broadcast') } }

const TIMER_ACTIONS = ['DeleteItem', 'GetItem', 'Query', 'UpdateItem'].map((action) => `dynamodb:${action}`)

interface Parts {
  readonly table: ServiceTable
  readonly queues: Queues
}

interface Delivery extends Backend, Parts {
  /** The API's URL, for links in mails. */
  readonly url: string
}

/** Delivers by priority: each queue has a worker of its own, so that none waits for another. */
export function deliverChannels(
  scope: Construct,
  common: Common,
  { url, queues, ...backend }: Delivery,
): ServiceFunction[] {
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
  const critical = new ServiceFunction(scope, 'DeliverCritical', {
    ...common,
    entry: 'functions/notification/deliver-critical.handler.ts',
    budget: 'standard',
    description: 'Delivers what is critical.',
    timeout: WORKER_TIMEOUT,
    environment: environment(queues.critical),
  })
  const normal = new ServiceFunction(scope, 'DeliverNormal', {
    ...common,
    entry: 'functions/notification/deliver-normal.handler.ts',
    budget: 'standard',
    description: 'Delivers what has no special priority.',
    timeout: WORKER_TIMEOUT,
    environment: environment(queues.normal),
  })
  const bulk = new ServiceFunction(scope, 'DeliverBulk', {
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
    backend.table.grantKeys(
      target,
      [...NOTIFICATIONS, ...BROADCASTS, ...OUTBOX, ...JUDGED, ...TIMERS],
      ...READS,
      ...WRITES,
    )
  }
  return Object.values(workers)
}

/**
 * Hands each channel that a change makes due within 15 minutes to the queue of its priority, and each new turn of a
 * broadcast to that of its own.
 */
export function dispatchTurns(scope: Construct, common: Common, { table, queues }: Parts): ServiceFunction {
  const { broadcasts, criticalBroadcasts } = queues
  const dispatch = new ServiceFunction(scope, 'Dispatch', {
    ...common,
    entry: 'functions/notification/dispatch.handler.ts',
    budget: 'standard',
    description: 'Queues channels of notifications that are to be sent, and broadcasts.',
    timeout: Duration.seconds(30),
    environment: {
      ...queueUrls(queues),
      BROADCASTS_QUEUE_URL: broadcasts.queue.queueUrl,
      CRITICAL_BROADCASTS_QUEUE_URL: criticalBroadcasts.queue.queueUrl,
    },
  })
  for (const queue of [...turnQueues(queues), broadcasts, criticalBroadcasts]) queue.grantSend(dispatch.target)
  new ChangeFeed(scope, 'TurnFeed', {
    ...common,
    table,
    consumer: dispatch,
    filters: [NEW_TURN, BROADCAST].map((NewImage) => ({
      eventName: ['INSERT', 'MODIFY'],
      dynamodb: { NewImage },
    })),
    parallelization: 10,
    texts: {
      deadLetters: 'Channels of notifications could not be queued: they wait until they are sent to their queue again.',
      deadLettersRunbook: 'notification-dispatch',
      lag: `Notifications are sent ${MAX_LAG.toHumanString()} late: their dispatch lags, or fails.`,
      lagRunbook: 'notification-dispatch',
    },
  })
  return dispatch
}

/** Hands over what is due later than a queue can delay. */
export function sweepTimers(scope: Construct, common: Common, { table, queues }: Parts): ServiceFunction {
  const timeout = Duration.seconds(50)
  const sweep = new ServiceFunction(scope, 'Sweep', {
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
  for (const queue of turnQueues(queues)) queue.grantSend(sweep.target)
  table.grantKeys(sweep.target, TIMERS, ...TIMER_ACTIONS)
  new Schedule(scope, 'SweepEachMinute', { ...common, every: Duration.minutes(1), target: sweep })
  return sweep
}

/** Takes in what providers tell later of what they sent. */
export function handleReceipts(
  scope: Construct,
  common: Common,
  { table, queues: { receipts } }: Parts,
): ServiceFunction {
  const feedback = new ServiceFunction(scope, 'Feedback', {
    ...common,
    entry: 'functions/notification/feedback.handler.ts',
    budget: 'standard',
    description: 'Takes in receipts, bounces and complaints.',
    timeout: Duration.seconds(30),
    environment: { TABLE_NAME: table.table.tableName },
  })
  receipts.consume(feedback, { batchSize: 10, maxConcurrency: 20 })
  table.grantKeys(feedback.target, [...NOTIFICATIONS, ...BROADCASTS, ...ADDRESSES, ...TIMERS], ...READS, ...WRITES)
  return feedback
}

/** The queues of turns, by priority. */
function turnQueues({ critical, normal, bulk }: Queues): WorkQueue[] {
  return [critical, normal, bulk]
}

function queueUrls({ critical, normal, bulk }: Queues): Record<string, string> {
  return {
    CRITICAL_QUEUE_URL: critical.queue.queueUrl,
    NORMAL_QUEUE_URL: normal.queue.queueUrl,
    BULK_QUEUE_URL: bulk.queue.queueUrl,
  }
}
