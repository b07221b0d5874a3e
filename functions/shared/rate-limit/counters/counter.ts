import type { TransactWriteItem, UpdateItemInput } from '@aws-sdk/client-dynamodb'
import { conditionalWrite } from '../../data/conditional-write.ts'
import type { Item, Table } from '../../data/table.ts'
import type { StartTimer } from '../../resilience/timer.ts'
import { algorithmOf } from '../algorithms/algorithm.ts'
import type { Asked, Plan, Sight, Verdict } from '../algorithms/types.ts'
import type { Charge, WindowPolicy } from '../policy.ts'
import type { DenialCache, Recent } from './recent.ts'

/** Clocks of two environments are less apart than this, and nothing that is sent arrives later. */
const SKEW_MS = 60_000

/** The `ttl` of what says something until then, in milliseconds since the epoch, by anybody's clock. */
export function ttlAfter(ms: number): { N: string } {
  return { N: String(Math.ceil((ms + SKEW_MS) / 1000)) }
}

/** What all of an environment's decisions share. */
export interface Counters extends Table {
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** From 0 up to, but not, 1. */
  readonly random: () => number
  readonly startTimer: StartTimer
  /** Counters as they were last seen, by partition key: hints for the next write. */
  readonly sights: Recent<Sight>
  readonly denials: DenialCache
}

/** One counter, and what it is asked for. */
export interface Link {
  readonly policy: WindowPolicy
  readonly subject: string
  readonly pk: string
  readonly cost: number
  readonly peek: boolean
}

/** A subject that a denial blocks; the item as it will be then. */
export interface Block {
  readonly pk: string
  readonly asked: Asked
  readonly item: Item
}

const SK = 'quota'

/** `Q#<policy>#<subject>`, with the shard's number behind the Q: neither a policy nor a number has a `#`. */
export function pkOf({ name }: WindowPolicy, subject: string, shard?: number): string {
  return `Q${shard ?? ''}#${name}#${subject}`
}

export function keyOf(pk: string): Item {
  return { pk: { S: pk }, sk: { S: SK } }
}

/** The algorithm's verdict, unless the subject is blocked: then it waits for the end of both, and nothing is left. */
export function judge(item: Item, asked: Asked): Verdict {
  const verdict = algorithmOf(asked.policy).judge(item, asked)
  const blockedMs = blockedMsOf(item, asked)
  if (blockedMs === 0) return verdict
  const { retryAfterMs, resetMs } = verdict
  return {
    allowed: false,
    remaining: 0,
    resetMs: Math.max(blockedMs, resetMs),
    retryAfterMs: retryAfterMs === null ? null : Math.max(blockedMs, retryAfterMs),
  }
}

/** How much longer an item says that its subject is blocked. */
function blockedMsOf(item: Item, { policy, now }: Asked): number {
  return policy.blockMs ? Math.max(0, Number(item.blockedUntil?.N ?? 0) - now) : 0
}

/** What a denial blocks: nothing under most policies, and nothing that is blocked already. */
export function blocksOf(pk: string, asked: Asked, item: Item): readonly Block[] {
  const { policy, now } = asked
  if (!policy.blockMs || blockedMsOf(item, asked) > 0) return []
  return [{ pk, asked, item: { ...item, blockedUntil: { N: String(now + policy.blockMs) } } }]
}

/** The write that charges; its cost must be within the limit. */
export function planCharge(seen: Sight | undefined, asked: Asked): Plan {
  return algorithmOf(asked.policy).plan(seen, asked)
}

/** How a plan is written, as a single write or within a transaction. */
export function chargeInput(tableName: string, { pk, policy }: Link, { plan, now }: { plan: Plan; now: number }) {
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

export function chargeOf({ pk, cost }: Link, { attribute, until }: Plan, amount: string): Charge {
  return { pk, sk: SK, attribute, cost, until, ...(amount !== String(cost) && { amount }) }
}

/**
 * Writes that a subject was denied at this moment and is blocked since; one that is blocked stays so no longer. If it
 * fails, the subject is denied this time all the same, and a denial after the next second blocks it.
 */
export async function startBlock(counters: Counters, block: Block, signal: AbortSignal): Promise<void> {
  const { pk, asked, item } = block
  const { policy, cost, now: at } = asked
  counters.denials.keep(pk, { item, cost, at, retryAfterMs: judge(item, asked).retryAfterMs })
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
