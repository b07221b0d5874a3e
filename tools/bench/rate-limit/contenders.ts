import { DynamoDB as SdkDynamoDB } from '@aws-sdk/client-dynamodb'
import { Redis } from 'ioredis'
import { type RateLimiterAbstract, RateLimiterDynamo, RateLimiterRedis } from 'rate-limiter-flexible'
import { createDynamoDB } from '../../../functions/shared/aws/dynamodb.ts'
import { createLimiter } from '../../../functions/shared/rate-limit/limiter.ts'
import type { WindowPolicy } from '../../../functions/shared/rate-limit/policy.ts'
import { startTimer } from '../../../functions/shared/resilience/timer.ts'
import { CREDENTIALS, REGION } from '../../support/settings.ts'

/** The answer of a limiter; `failed`: it gave none. */
export type Said = 'admitted' | 'denied' | 'failed'
export type Ask = (subject: string, cost: number) => Promise<Said>

export interface Setting {
  endpoint: string
  table: string
  /** The URL of a Redis server, for the contender that needs one. */
  redis?: string
  limit: number
  windowMs: number
}

/** The limiters, each with its title in the tables. */
export const TITLES = {
  'fixed-window': 'ours, fixed-window',
  'sliding-window': 'ours, sliding-window',
  'token-bucket': 'ours, token-bucket',
  'flexible-dynamodb': 'rate-limiter-flexible, DynamoDB',
  'flexible-redis': 'rate-limiter-flexible, Redis',
} as const
export type Contender = keyof typeof TITLES

/** Lists the limiters that this machine can run. */
export function contenders({ redis }: Pick<Setting, 'redis'>): Contender[] {
  const all = Object.keys(TITLES) as Contender[]
  return all.filter((contender) => redis !== undefined || contender !== 'flexible-redis')
}

/** The limiter of one environment. */
export async function createContender(name: Contender, setting: Setting): Promise<Ask> {
  if (name === 'flexible-dynamodb') return flexible(await onDynamoDB(setting))
  if (name === 'flexible-redis') return flexible(onRedis(setting))
  return ours(name, setting)
}

/** The client's settings for a local cloud under contention. */
const BUDGET_MS = 1000

function ours(algorithm: WindowPolicy['algorithm'], { table, limit, windowMs }: Setting): Ask {
  const { signal } = new AbortController()
  const clock = { now: Date.now, random: Math.random }
  const decide = createLimiter({
    client: createDynamoDB(clock),
    tableName: table,
    startTimer,
    budgetMs: BUDGET_MS,
    ...clock,
  })
  const policy: WindowPolicy = { name: 'bench', algorithm, limit, windowMs }
  return async (subject, cost) => {
    const { allowed, decisions } = await decide([{ policy, subject, cost }], signal)
    if (decisions[0]?.degraded) return 'failed'
    return allowed ? 'admitted' : 'denied'
  }
}

/** Uses the package's own way of making known denials free. */
function optionsOf({ limit, windowMs }: Setting) {
  return { points: limit, duration: windowMs / 1000, inMemoryBlockOnConsumed: limit }
}

/** Uses the SDK's client with its defaults. */
async function onDynamoDB(setting: Setting): Promise<RateLimiterAbstract> {
  const storeClient = new SdkDynamoDB({ endpoint: setting.endpoint, region: REGION, credentials: CREDENTIALS })
  const options = { ...optionsOf(setting), storeClient, tableName: setting.table, tableCreated: true, ttlSet: true }
  return new Promise((resolve) => {
    const made = new RateLimiterDynamo(options, () => resolve(made))
  })
}

function onRedis(setting: Setting): RateLimiterAbstract {
  return new RateLimiterRedis({ ...optionsOf(setting), storeClient: new Redis(setting.redis ?? '') })
}

function flexible(limiter: RateLimiterAbstract): Ask {
  return async (subject, cost) => {
    try {
      await limiter.consume(subject, cost)
      return 'admitted'
    } catch (error) {
      return error instanceof Error ? 'failed' : 'denied'
    }
  }
}
