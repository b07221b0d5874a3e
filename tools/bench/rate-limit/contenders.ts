import { DynamoDB as SdkDynamoDB } from '@aws-sdk/client-dynamodb'
import { RateLimiterDynamo } from 'rate-limiter-flexible'
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
  limit: number
  windowMs: number
}

export const CONTENDERS = ['fixed-window', 'sliding-window', 'token-bucket', 'rate-limiter-flexible'] as const
export type Contender = (typeof CONTENDERS)[number]

/** The limiter of one environment. */
export async function createContender(name: Contender, setting: Setting): Promise<Ask> {
  return name === 'rate-limiter-flexible' ? peer(setting) : ours(name, setting)
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

/** Uses the package's own way of making known denials free, and the SDK's client with its defaults. */
async function peer({ endpoint, table, limit, windowMs }: Setting): Promise<Ask> {
  const limiter = await new Promise<RateLimiterDynamo>((resolve) => {
    const made = new RateLimiterDynamo(
      {
        storeClient: new SdkDynamoDB({ endpoint, region: REGION, credentials: CREDENTIALS }),
        tableName: table,
        tableCreated: true,
        ttlSet: true,
        points: limit,
        duration: windowMs / 1000,
        inMemoryBlockOnConsumed: limit,
      },
      () => resolve(made),
    )
  })
  return async (subject, cost) => {
    try {
      await limiter.consume(subject, cost)
      return 'admitted'
    } catch (error) {
      return error instanceof Error ? 'failed' : 'denied'
    }
  }
}
