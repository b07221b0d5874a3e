import { Duration } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { ServiceFunction } from '../shared/service-function.ts'
import type { ServiceTable } from '../shared/service-table.ts'
import {
  API_TIMEOUT,
  apiEnvironment,
  type Backend,
  BROADCASTS,
  type Common,
  NOTIFICATIONS,
  type Queues,
  READS,
  TIMERS,
  WRITES,
} from './backend.ts'

/** Partition keys of topics with the topics of users, of definitions and templates, and of operations and limits. */
const [TOPICS, DEFINITIONS, OPERATIONS] = [
  ['S#*', 'F#*'],
  ['G#*', 'V#*'],
  ['I#*', 'Q*'],
]

/** Keeps the subscribers of topics, and takes in what is published to them. */
export function serveTopics(scope: Construct, common: Common, backend: Backend): ServiceFunction {
  const topics = new ServiceFunction(scope, 'Topics', {
    ...common,
    entry: 'functions/notification/topics.handler.ts',
    budget: 'standard',
    description: 'Keeps topics with their subscribers, and publishes to them.',
    timeout: API_TIMEOUT,
    environment: apiEnvironment(backend),
  })
  const keys = [...TOPICS, ...BROADCASTS, ...DEFINITIONS, ...OPERATIONS]
  backend.table.grantKeys(topics.target, keys, ...READS, ...WRITES)
  backend.signingSecret.grantRead(topics.target)
  return topics
}

/** Notifies the subscribers of broadcasts, a slice of them a message; those of critical ones by a worker of their own. */
export function runBroadcasts(
  scope: Construct,
  common: Common,
  { table, queues }: { table: ServiceTable; queues: Queues },
): ServiceFunction[] {
  const usual = { ...common, budget: 'standard', timeout: Duration.seconds(30) } as const
  const TABLE_NAME = table.table.tableName
  const worker = new ServiceFunction(scope, 'Broadcast', {
    ...usual,
    entry: 'functions/notification/broadcast.handler.ts',
    description: 'Notifies all who subscribe to a topic.',
    environment: { TABLE_NAME },
  })
  const critical = new ServiceFunction(scope, 'BroadcastCritical', {
    ...usual,
    entry: 'functions/notification/broadcast-critical.handler.ts',
    description: 'Notifies all who subscribe to a topic of what is critical.',
    environment: { TABLE_NAME, CRITICAL_QUEUE_URL: queues.critical.queue.queueUrl },
  })
  queues.critical.grantSend(critical.target)
  queues.broadcasts.consume(worker, { batchSize: 1, maxConcurrency: 10 })
  queues.criticalBroadcasts.consume(critical, { batchSize: 1, maxConcurrency: 10 })
  const read = ['S#*', 'U#*', ...DEFINITIONS]
  for (const { target } of [worker, critical]) {
    table.grantKeys(target, [...BROADCASTS, ...NOTIFICATIONS, ...TIMERS, ...read], ...READS, ...WRITES)
  }
  return [worker, critical]
}
