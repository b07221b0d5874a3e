import type { TransactWriteItem, UpdateItemInput } from '@aws-sdk/client-dynamodb'
import type { Clock, Random } from '../../clock.ts'
import { conditionalWrite } from '../../data/conditional-write.ts'
import type { Item, Table } from '../../data/table.ts'
import type { StartTimer } from '../../resilience/timer.ts'
import { algorithmOf } from '../algorithms/algorithm.ts'
import type { ChargePlan, Snapshot, TimedCheck, Verdict } from '../algorithms/types.ts'
import type { Charge, CounterLevel, Policy, WindowPolicy } from '../policy.ts'
import type { BoundedMap } from './bounded-map.ts'
import type { DenialCache } from './denial-cache.ts'

/** The clocks of two environments are closer than this, and no write arrives later. */
const SKEW_MS = 60_000

/** Returns the `ttl` of an item that is needed until `ms` (milliseconds since the epoch), by any environment's clock. */
export function ttlAfter(ms: number): { N: string } {
  return { N: String(Math.ceil((ms + SKEW_MS) / 1000)) }
}

/** The longest pause before another try, in milliseconds: about as long as a transaction takes. */
export const MAX_PAUSE_MS = 10

/** The table, the clock and the memory that all decisions of an environment share. */
export interface Counters extends Table {
  readonly now: Clock
  readonly random: Random
  readonly startTimer: StartTimer
  /** The last snapshots of counters, by partition key: hints for the next write. */
  readonly snapshots: BoundedMap<Snapshot>
  readonly denials: DenialCache
}

/** A check of one counter. */
export interface CounterCheck {
  readonly policy: WindowPolicy
  readonly subject: string
  readonly pk: string
  readonly cost: number
  readonly peek: boolean
}

/** A block that a denial starts. */
export interface Block {
  readonly pk: string
  readonly check: TimedCheck
  /** The counter's item once the block is written. */
  readonly item: Item
}

const SK = 'quota'

/**
 * Builds the key `Q#<policy>#<subject>`, with a shard's number behind the Q, and then `@` and the tenant of a policy that
 * has one: none of them has a `#`.
 */
export function pkOf({ name, tenant }: Pick<Policy, 'name' | 'tenant'>, subject: string, shard?: number): string {
  return `Q${shard ?? ''}${tenant === undefined ? '' : `@${tenant}`}#${name}#${subject}`
}

/** Reads the tenant in a counter's partition key; `undefined` where its policy has none. */
export function tenantOfKey(pk: string): string | undefined {
  return /^Q\d*@([^#]*)#/.exec(pk)?.[1]
}

export function keyOf(pk: string): Item {
  return { pk: { S: pk }, sk: { S: SK } }
}

/** Judges a check by the algorithm. For a blocked subject nothing remains until the block and the algorithm's wait end. */
export function judge(item: Item, check: TimedCheck): Verdict {
  const verdict = algorithmOf(check.policy).judge(item, check)
  const blockedMs = blockedMsOf(item, check)
  if (blockedMs === 0) return verdict
  const { retryAfterMs, resetMs } = verdict
  return {
    allowed: false,
    remaining: 0,
    resetMs: Math.max(blockedMs, resetMs),
    retryAfterMs: retryAfterMs === null ? null : Math.max(blockedMs, retryAfterMs),
  }
}

/** Returns for how much longer an item's subject is blocked. */
function blockedMsOf(item: Item, { policy, now }: TimedCheck): number {
  return policy.blockMs ? Math.max(0, Number(item.blockedUntil?.N ?? 0) - now) : 0
}

/** Returns the block that a denial starts: none under most policies, and none for a subject that is blocked already. */
export function blocksOf(pk: string, check: TimedCheck, item: Item): readonly Block[] {
  const { policy, now } = check
  if (!policy.blockMs || blockedMsOf(item, check) > 0) return []
  return [{ pk, check, item: { ...item, blockedUntil: { N: String(now + policy.blockMs) } } }]
}

/** Plans the write that charges a cost, which must be within the limit. */
export function planCharge(snapshot: Snapshot | undefined, check: TimedCheck): ChargePlan {
  return algorithmOf(check.policy).plan(snapshot, check)
}

/** Builds the input of a charge, for a single write or within a transaction. */
export function chargeInput(
  tableName: string,
  { pk, policy }: CounterCheck,
  { plan, now }: { plan: ChargePlan; now: number },
) {
  const unblocked = ' AND (attribute_not_exists(blockedUntil) OR blockedUntil <= :now)'
  return {
    TableName: tableName,
    Key: keyOf(pk),
    ConditionExpression: plan.condition + (policy.blockMs ? unblocked : ''),
    UpdateExpression: `SET #ttl = :ttl${plan.set ? `, ${plan.set}` : ''} ${plan.update}`,
    ExpressionAttributeNames: { '#ttl': 'ttl' },
    ExpressionAttributeValues: {
      ...plan.values,
      ':ttl': ttlAfter(plan.keptUntil),
      ...(policy.blockMs && { ':now': { N: String(now) } }),
    },
  } satisfies UpdateItemInput & TransactWriteItem['Update']
}

/** Builds the charge that a check made, and that left the counter as `after` says. */
export function chargeOf(
  { pk, policy, subject, cost }: CounterCheck,
  { attribute, amount, until }: Pick<ChargePlan, 'attribute' | 'amount' | 'until'>,
  { remaining, at }: Pick<CounterLevel, 'remaining' | 'at'>,
): Charge {
  const after = { policy, subject, remaining, at }
  return { pk, sk: SK, attribute, cost, until, ...(amount !== String(cost) && { amount }), after }
}

/**
 * Writes that a subject is blocked from the time of its denial. A block that is there already is not prolonged. If the
 * write fails, the subject is denied this time all the same, and a denial after the next second starts the block.
 */
export async function startBlock(counters: Counters, block: Block, signal: AbortSignal): Promise<void> {
  const { pk, check, item } = block
  const { policy, cost, now: at } = check
  counters.denials.keep(pk, { item, cost, at, retryAfterMs: judge(item, check).retryAfterMs })
  const until = at + Number(policy.blockMs)
  const { keptUntil } = planCharge(undefined, { policy, cost: 1, now: at })
  const input = {
    TableName: counters.tableName,
    Key: keyOf(pk),
    ConditionExpression: 'attribute_not_exists(blockedUntil) OR blockedUntil <= :now',
    UpdateExpression: 'SET blockedUntil = :until, #ttl = :ttl',
    ExpressionAttributeNames: { '#ttl': 'ttl' },
    ExpressionAttributeValues: {
      ':now': { N: String(at) },
      ':until': { N: String(until) },
      ':ttl': ttlAfter(Math.max(keptUntil, until)),
    },
  }
  await conditionalWrite(counters.client, { operation: 'UpdateItem', input }, { signal })
}
