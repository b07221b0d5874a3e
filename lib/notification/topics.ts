import { Duration } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { ServiceFunction } from '../shared/service-function.ts'
import type { ServiceTable } from '../shared/service-table.ts'
import type { WorkQueue } from '../shared/work-queue.ts'
import {
  API_TIMEOUT,
  apiEnvironment,
  type Backend,
  BROADCASTS,
  type Common,
  NOTIFICATIONS,
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

/** Notifies the subscribers of broadcasts, a slice of them a message. */
export function runBroadcasts(
  scope: Construct,
  common: Common,
  { table, broadcasts }: { table: ServiceTable; broadcasts: WorkQueue },
): ServiceFunction {
  const worker = new ServiceFunction(scope, 'Broadcast', {
    ...common,
    entry: 'functions/notification/broadcast.handler.ts',
    budget: 'standard',
    description: 'Notifies all who subscribe to a topic.',
    timeout: Duration.seconds(30),
    environment: { TABLE_NAME: table.table.tableName },
  })
  broadcasts.consume(worker, { batchSize: 1, maxConcurrency: 10 })
  const read = ['S#*', 'U#*', ...DEFINITIONS]
  table.grantKeys(worker.target, [...BROADCASTS, ...NOTIFICATIONS, ...TIMERS, ...read], ...READS, ...WRITES)
  return worker
}
