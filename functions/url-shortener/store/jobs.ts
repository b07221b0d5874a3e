import { GetItemCommand, type UpdateItemInput } from '@aws-sdk/client-dynamodb'
import { conditionalWrite } from '../../shared/data/conditional-write.ts'
import type { Item, Table } from '../../shared/data/table.ts'
import { JOB_KEPT_MS, type Job, type JobError, type JobStatus, type JobStore } from '../domain/job.ts'
import type { JobKind } from '../domain/job-files.ts'
import { jobKey } from './keys.ts'

const NOT_ENDED = '(#status = :waiting OR #status = :running)'
const STATES = { ':waiting': { S: 'waiting' }, ':running': { S: 'running' } }
const NAMES = { '#status': 'status' }

/** Stores the jobs of one kind, one item each (`pk = J#<id>`, `sk = <kind>`), which expires with the job's file. */
export function createJobStore<Progress>(table: Table, kind: JobKind): JobStore<Progress> {
  const { client, tableName } = table
  const update = (id: string, input: Omit<UpdateItemInput, 'TableName' | 'Key'>, signal: AbortSignal) =>
    conditionalWrite(
      client,
      { operation: 'UpdateItem', input: { TableName: tableName, Key: jobKey(id, kind), ...input } },
      { signal },
    )
  return {
    async create(job, signal) {
      const input = {
        TableName: tableName,
        Item: { ...jobKey(job.id, kind), ...toItem(job) },
        ConditionExpression: 'attribute_not_exists(pk)',
      }
      await conditionalWrite(client, { operation: 'PutItem', input }, { signal })
    },
    async read(id, signal) {
      const input = { TableName: tableName, Key: jobKey(id, kind), ConsistentRead: true }
      const { Item: item } = await client.send(new GetItemCommand(input), { signal })
      return item && toJob(id, item)
    },
    async takeOver(id, token, signal) {
      const input = {
        UpdateExpression: 'SET fence = :token, #status = :running',
        // The same token again is a repeat after a lost response.
        ConditionExpression: `${NOT_ENDED} AND (attribute_not_exists(fence) OR fence <= :token)`,
        ExpressionAttributeNames: NAMES,
        ExpressionAttributeValues: { ...STATES, ':token': { N: String(token) } },
      }
      const { outcome, item } = await update(id, input, signal)
      return outcome === 'written' && item ? toJob(id, item) : undefined
    },
    async save({ id, token }, { status, progress, progressedAt, error = null }, signal) {
      const input = {
        UpdateExpression: 'SET #status = :status, progress = :progress, progressedAt = :at, #error = :error',
        ConditionExpression: '#status = :running AND fence = :token',
        ExpressionAttributeNames: { ...NAMES, '#error': 'error' },
        ExpressionAttributeValues: {
          ':running': STATES[':running'],
          ':token': { N: String(token) },
          ':status': { S: status },
          ':progress': { S: JSON.stringify(progress) },
          ':at': { N: String(progressedAt) },
          ':error': { S: JSON.stringify(error) },
        },
      }
      const { outcome, item } = await update(id, input, signal)
      if (outcome === 'written') return 'saved'
      // The end that this very step stored, if the response to an earlier attempt was lost.
      const isOwn = item?.fence?.N === String(token) && item.progressedAt?.N === String(progressedAt)
      return isOwn && item.status?.S === status ? 'saved' : 'superseded'
    },
    async end({ id, status, progressedAt }, error, signal) {
      const input = {
        UpdateExpression: 'SET #status = :failed, #error = :error',
        ConditionExpression: '#status = :status AND progressedAt = :at',
        ExpressionAttributeNames: { ...NAMES, '#error': 'error' },
        ExpressionAttributeValues: {
          ':failed': { S: 'failed' },
          ':status': { S: status },
          ':at': { N: String(progressedAt) },
          ':error': { S: JSON.stringify(error) },
        },
      }
      return (await update(id, input, signal)).outcome === 'written' ? 'ended' : 'changed'
    },
  }
}

function toItem<Progress>({
  tenant,
  createdBy,
  createdAt,
  progressedAt,
  status,
  progress,
  error,
  cause,
}: Job<Progress>) {
  return {
    tenant: { S: tenant },
    createdBy: { S: createdBy },
    createdAt: { N: String(createdAt) },
    progressedAt: { N: String(progressedAt) },
    status: { S: status },
    progress: { S: JSON.stringify(progress) },
    error: { S: JSON.stringify(error) },
    cause: { S: JSON.stringify(cause) },
    ttl: { N: String(Math.ceil((createdAt + JOB_KEPT_MS) / 1000)) },
  }
}

function toJob<Progress>(id: string, item: Item): Job<Progress> {
  const parsed = (name: string) => JSON.parse(item[name]?.S ?? 'null')
  return {
    id,
    tenant: item.tenant?.S ?? '',
    createdBy: item.createdBy?.S ?? '',
    createdAt: Number(item.createdAt?.N),
    progressedAt: Number(item.progressedAt?.N),
    cause: parsed('cause'),
    status: (item.status?.S ?? 'failed') as JobStatus,
    error: parsed('error') as JobError | null,
    progress: parsed('progress') as Progress,
  }
}
