import { DeleteItemCommand } from '@aws-sdk/client-dynamodb'
import type { Clock, Random } from '../../clock.ts'
import { createBatchGet } from '../../data/batch-get.ts'
import type { Item, Table } from '../../data/table.ts'
import type { StartTimer } from '../../resilience/timer.ts'
import type { Policy, WindowPolicy } from '../policy.ts'
import { slotsKey, toHolders } from '../slots/slot-store.ts'
import { judge, keyOf, pkOf } from './counter.ts'
import { shardsOf } from './shards.ts'

/** A policy, as it holds for a subject. */
export interface PolicyOfSubject {
  readonly policy: Policy
  readonly subject: string
}

/** A subject's use of a policy, summed over its shards. */
export interface SubjectState {
  /** The count; for a bucket the tokens that are gone, for slots those that are held. */
  readonly used: number
  readonly remaining: number
  /** The time until all of it is available again, if nothing is charged, in milliseconds. */
  readonly resetMs: number
}

export interface SubjectStateOptions extends Table {
  now: Clock
  random: Random
  startTimer: StartTimer
}

/**
 * Reads counters and slots as they are now, without deciding or remembering anything: a state for each that was asked.
 *
 * @throws AppError (retryable) when DynamoDB doesn't give all of them.
 */
export type ReadSubjectStates = (asked: readonly PolicyOfSubject[], signal: AbortSignal) => Promise<SubjectState[]>

export function createReadSubjectStates({ now, ...options }: SubjectStateOptions): ReadSubjectStates {
  const batchGet = createBatchGet(options)
  return async (asked, signal) => {
    const keys = asked.flatMap((each) => countedKeys(each))
    const found = await batchGet(keys, { consistent: true, signal })
    const items = new Map(found.map((item) => [nameOf(item), item]))
    const at = now()
    return asked.map((each) => stateOf(each, items, at))
  }
}

/**
 * Forgets what a subject used of a policy: its counters and blocks, or who holds its slots. Environments that remember a
 * denial notice it after a second. A denial that was decided before the reset may still write its block after it.
 *
 * @throws what DynamoDB throws: then some may be left, and it can be done again.
 */
export type ResetSubject = (asked: PolicyOfSubject, signal: AbortSignal) => Promise<void>

export function createResetSubject({ client, tableName }: Table): ResetSubject {
  return async (asked, signal) => {
    const keys = [
      ...countedKeys(asked),
      ...(shardCount(asked.policy) > 1 ? [keyOf(pkOf(asked.policy, asked.subject))] : []),
    ]
    await Promise.all(keys.map((Key) => client.send(new DeleteItemCommand({ TableName: tableName, Key }), { signal })))
  }
}

function shardCount(policy: Policy): number {
  return policy.algorithm === 'concurrency' ? 1 : (policy.shards ?? 1)
}

function countedKeys({ policy, subject }: PolicyOfSubject): Item[] {
  const pk = pkOf(policy, subject)
  if (policy.algorithm === 'concurrency') return [slotsKey(pk)]
  return shardsOf({ policy, subject }).map((shard) => keyOf(shard.pk))
}

function stateOf(asked: PolicyOfSubject, items: ReadonlyMap<string, Item>, now: number): SubjectState {
  const { policy, subject } = asked
  if (policy.algorithm === 'concurrency') {
    const holders = toHolders(items.get(nameOf(slotsKey(pkOf(policy, subject)))))
    const ends = [...holders.values()].filter((expiresAt) => expiresAt > now)
    const remaining = Math.max(0, policy.limit - ends.length)
    return { used: ends.length, remaining, resetMs: Math.max(0, ...ends.map((end) => end - now)) }
  }
  const verdicts = shardsOf({ policy, subject }).map((shard) =>
    judge(items.get(nameOf(keyOf(shard.pk))) ?? {}, { policy: shard.policy, cost: 0, now }),
  )
  const remaining = verdicts.reduce((sum, verdict) => sum + verdict.remaining, 0)
  const resetMs = Math.max(...verdicts.map((verdict) => verdict.resetMs))
  return { used: capacityOf(policy) - remaining, remaining, resetMs }
}

function capacityOf({ algorithm, limit, burst = limit }: WindowPolicy): number {
  return algorithm === 'token-bucket' ? burst : limit
}

function nameOf({ pk, sk }: Item): string {
  return `${pk?.S} ${sk?.S}`
}
