import { Duration } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { ServiceFunction } from '../shared/service-function.ts'
import type { ServiceTable } from '../shared/service-table.ts'
import type { WorkQueue } from '../shared/work-queue.ts'
import { ADDRESSES, BROADCASTS, type Common, NOTIFICATIONS, READS, TIMERS, WRITES } from './backend.ts'

/** Does what a change of a user means for notifications that are waiting, or were sent. */
export function doUserTasks(
  scope: Construct,
  common: Common,
  { table, userTasks }: { table: ServiceTable; userTasks: WorkQueue },
): ServiceFunction {
  const worker = new ServiceFunction(scope, 'DoUserTasks', {
    ...common,
    entry: 'functions/notification/do-user-tasks.handler.ts',
    budget: 'standard',
    description: 'Re-times and erases the notifications of users who changed.',
    timeout: Duration.seconds(60),
    environment: { TABLE_NAME: table.table.tableName, USER_TASKS_QUEUE_URL: userTasks.queue.queueUrl },
  })
  userTasks.consume(worker, { batchSize: 1, maxConcurrency: 10 })
  userTasks.grantSend(worker.target)
  const keys = [...NOTIFICATIONS, ...BROADCASTS, ...TIMERS, ...ADDRESSES, 'B#*', 'M#*', 'U#*']
  table.grantKeys(worker.target, keys, ...READS, ...WRITES)
  table.grantQuery(worker.target, 'ByUser')
  return worker
}

/** Serves whoever has a token of a mail: it reads tokens and writes unsubscriptions, and nothing else. */
export function serveUnsubscriptions(scope: Construct, common: Common, table: ServiceTable): ServiceFunction {
  const unsubscribe = new ServiceFunction(scope, 'Unsubscribe', {
    ...common,
    entry: 'functions/notification/unsubscribe.handler.ts',
    budget: 'standard',
    description: 'Unsubscribes the readers of mails.',
    timeout: Duration.seconds(10),
    environment: { TABLE_NAME: table.table.tableName },
  })
  table.grantKeys(unsubscribe.target, ['Y#*'], 'dynamodb:GetItem')
  table.grantKeys(unsubscribe.target, ['A#*'], 'dynamodb:PutItem')
  return unsubscribe
}
