import { Duration } from 'aws-cdk-lib'
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch'
import { FilterRule } from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import { ChangeFeed, MAX_LAG } from '../shared/change-feed.ts'
import { ServiceFunction } from '../shared/service-function.ts'
import type { ServiceTable } from '../shared/service-table.ts'
import type { Settings } from '../shared/settings.ts'
import { stackMetric } from '../shared/stack-metric.ts'
import type { WorkQueue } from '../shared/work-queue.ts'
import { type Common, READS, REGISTRY, ROOMS, USERS, WATCHERS, WRITES } from './backend.ts'

interface DispatchParts {
  readonly table: ServiceTable
  readonly deliveries: WorkQueue
  readonly erasures: WorkQueue
  readonly missedChecks: WorkQueue
}

interface DeliveryParts {
  readonly table: ServiceTable
  readonly settings: Settings
  readonly deliveries: WorkQueue
}

/** Turns each new event into work for those who deliver it: a room's events stay in order, and rooms don't wait. */
export function dispatchEvents(scope: Construct, common: Common, { table, ...queues }: DispatchParts): ServiceFunction {
  const { deliveries, erasures, missedChecks } = queues
  const dispatch = new ServiceFunction(scope, 'Dispatch', {
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
  new ChangeFeed(scope, 'EventFeed', {
    ...common,
    table,
    consumer: dispatch,
    filters: [
      { eventName: ['INSERT'], dynamodb: { NewImage: { shards: { N: FilterRule.exists() } } } },
      { eventName: ['REMOVE'], dynamodb: { OldImage: { objectKey: { S: FilterRule.exists() } } } },
    ],
    texts: {
      deadLetters: 'Events of rooms, or files to erase, could not be queued: members get the events when they resume.',
      deadLettersRunbook: 'chat-dispatch',
      lag: `Events are delivered ${MAX_LAG.toHumanString()} late: their dispatch lags, or fails.`,
      lagRunbook: 'chat-dispatch',
    },
  })
  return dispatch
}

export function deliverEvents(
  scope: Construct,
  common: Common,
  { table, settings, deliveries }: DeliveryParts,
): ServiceFunction {
  const fanOut = new ServiceFunction(scope, 'FanOut', {
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

/** Finds out who missed a message, when it is sent and a minute later. */
export function findMissed(
  scope: Construct,
  common: Common,
  { table, missedChecks }: { table: ServiceTable; missedChecks: WorkQueue },
): ServiceFunction {
  const missed = new ServiceFunction(scope, 'Missed', {
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

/** Finds out who is online when connections open, close, and fall silent. */
export function checkPresence(
  scope: Construct,
  common: Common,
  { table, presences }: { table: ServiceTable; presences: WorkQueue },
): ServiceFunction {
  const presence = new ServiceFunction(scope, 'Presence', {
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

/** Counts connections that could not be sent an event: their clients see the gap, and resume. */
export function leftBehind(): IMetric {
  return stackMetric({ namespace: 'Stackyard/Chat', name: 'ConnectionsLeftBehind', label: 'connections' })
}
