import { Duration } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { Schedule } from '../shared/schedule.ts'
import type { ServiceBucket } from '../shared/service-bucket.ts'
import { ServiceFunction } from '../shared/service-function.ts'
import type { ServiceTable } from '../shared/service-table.ts'
import type { WorkQueue } from '../shared/work-queue.ts'
import { type Common, READS, REGISTRY, ROOMS, UPKEEP, USERS, WATCHERS, WRITES } from './backend.ts'

/** Erases the content of attachments whose records are gone: with their message, or because nobody sent them. */
export function eraseFiles(
  scope: Construct,
  common: Common,
  { files, erasures }: { files: ServiceBucket; erasures: WorkQueue },
): ServiceFunction {
  const erase = new ServiceFunction(scope, 'Erase', {
    ...common,
    entry: 'functions/chat/erase.handler.ts',
    budget: 'standard',
    description: 'Erases files of messages that are gone.',
    timeout: Duration.seconds(20),
  })
  files.grant(erase, '', 'delete')
  erasures.consume(erase, { batchSize: 10, maxConcurrency: 5 })
  return erase
}

/** Removes messages that have expired, and what is left of deleted rooms. */
export function keepUpRooms(scope: Construct, common: Common, table: ServiceTable): ServiceFunction {
  const timeout = Duration.minutes(5)
  const upkeep = new ServiceFunction(scope, 'Upkeep', {
    ...common,
    entry: 'functions/chat/upkeep.handler.ts',
    budget: 'standard',
    description: 'Removes messages that have expired, and deleted rooms.',
    timeout,
    environment: { TABLE_NAME: table.table.tableName, TIMEOUT_MS: String(timeout.toMilliseconds()) },
  })
  const actions = ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem']
  table.grantKeys(upkeep.target, [...ROOMS, ...USERS, ...REGISTRY, ...UPKEEP], ...actions)
  new Schedule(scope, 'UpkeepSchedule', { ...common, every: Duration.minutes(15), target: upkeep })
  return upkeep
}

/** Replaces users by pseudonyms, room by room. */
export function pseudonymiseUsers(
  scope: Construct,
  common: Common,
  { table, steps }: { table: ServiceTable; steps: WorkQueue },
): ServiceFunction {
  const pseudonymise = new ServiceFunction(scope, 'Pseudonymise', {
    ...common,
    entry: 'functions/chat/pseudonymise.handler.ts',
    budget: 'standard',
    description: 'Replaces users by pseudonyms.',
    timeout: Duration.seconds(60),
    environment: { TABLE_NAME: table.table.tableName, PSEUDONYMISE_QUEUE_URL: steps.queue.queueUrl },
  })
  steps.grantSend(pseudonymise.target)
  const keys = [...ROOMS, ...USERS, ...REGISTRY, ...WATCHERS, ...UPKEEP]
  table.grantKeys(pseudonymise.target, keys, ...READS, ...WRITES)
  steps.consume(pseudonymise, { batchSize: 1, maxConcurrency: 50 })
  return pseudonymise
}
