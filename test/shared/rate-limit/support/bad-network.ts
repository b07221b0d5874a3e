import type { TransactWriteItemsInput, UpdateItemInput } from '@aws-sdk/client-dynamodb'
import type fc from 'fast-check'
import { AppError } from '../../../../functions/shared/errors.ts'
import { boundedMap } from '../../../../functions/shared/rate-limit/counters/bounded-map.ts'
import type { Counters } from '../../../../functions/shared/rate-limit/counters/counter.ts'
import { denialCache } from '../../../../functions/shared/rate-limit/counters/denial-cache.ts'
import type { WindowPolicy } from '../../../../functions/shared/rate-limit/policy.ts'
import { clientOf, type DynamoDBCall, refusal } from '../../../support/fake-dynamodb.ts'
import { transientError } from '../../resilience/operations.ts'
import { counterTable } from './counter-table.ts'
import type { Charged } from './oracle.ts'

/** The fate of a call. One that `comes late` takes effect after its caller has given up. */
export type Fate = 'works' | 'is lost' | 'loses its answer' | 'comes late' | 'conflicts'

export interface World {
  /** All charges that the table took, in that order, by who sent them. */
  log: (Charged & { caller: number })[]
  /** Creates what an environment's decisions share. */
  environment: () => Pick<Counters, 'snapshots' | 'denials'>
  counters: (of: { caller: number; environment: Pick<Counters, 'snapshots' | 'denials'>; skewMs: number }) => Counters
  /** Called when the table refuses a write of charges, with those that it would have made. */
  onRefusal?: (charges: Charged[], caller: number) => void
}

export interface WorldOptions {
  policy: WindowPolicy
  scheduler: fc.Scheduler
  start: number
  /** Returns the time by which the clock moves at the next step. */
  nextStepMs: () => number
  nextFate: () => Fate
}

/** The longest budget: who decides has no use for what takes longer. */
const MAX_AGE_MS = 1000

/** Environments with one table, over a network that delays, loses and reorders. */
export function createWorld({ policy, scheduler, start, nextStepMs, nextFate }: WorldOptions): World {
  const table = counterTable()
  let time = start
  const step = async (label: string) => {
    await scheduler.schedule(Promise.resolve(), label)
    time += nextStepMs()
  }
  const arrive = async (call: { operation: string; input: never; charges: (Charged & { caller: number })[] }) => {
    const { operation, input, charges } = call
    if (charges.some(({ at }) => time - at > MAX_AGE_MS)) throw transientError('outdated')
    try {
      const result = await table.dynamodb(operation as 'UpdateItem', input)
      if (operation !== 'BatchGetItem') world.log.push(...charges)
      return result
    } catch (error) {
      if (charges.length > 0) world.onRefusal?.(charges, charges[0]?.caller ?? 0)
      throw error
    }
  }
  const world: World = {
    log: [],
    environment: () => ({ snapshots: boundedMap(10), denials: denialCache() }),
    counters({ caller, environment, skewMs }) {
      let at = 0
      const dynamodb = async (operation: string, input: never) => {
        const charges = chargesOf(policy, input).map((charge) => ({ ...charge, at, caller }))
        const fate = operation === 'BatchGetItem' ? 'works' : nextFate()
        await step(`${operation} of ${caller} is sent and ${fate}`)
        if (fate === 'is lost') throw transientError(fate)
        if (fate === 'conflicts') throw conflictOf(operation)
        const call = { operation, input, charges }
        if (fate === 'comes late') {
          void step('later')
            .then(() => step('even later'))
            .then(() => arrive(call))
            .catch(() => undefined)
          throw transientError(fate)
        }
        const result = await arrive(call)
        await step(`${operation} of ${caller} is answered`)
        if (fate === 'loses its answer') throw transientError(fate)
        return result
      }
      return {
        ...environment,
        client: clientOf(dynamodb as DynamoDBCall),
        tableName: 'limits',
        now: () => (at = time + skewMs),
        random: () => 0,
        startTimer: (callback) => {
          queueMicrotask(callback)
          return () => {}
        },
      }
    },
  }
  return world
}

/** Returns the charges of a write; those of a token bucket are computed from its time. */
function chargesOf({ limit, windowMs = 0 }: WindowPolicy, input: UpdateItemInput & TransactWriteItemsInput) {
  const writes = input.TransactItems?.map(({ Update }) => Update as UpdateItemInput) ?? [input]
  return writes.flatMap(({ Key, UpdateExpression = '', ExpressionAttributeValues: values }) => {
    if (!/m_|tat/.test(UpdateExpression)) return []
    const partOf = (name: string) => BigInt(values?.[name]?.N ?? 0)
    const time = partOf(':price') || partOf(':tat') - partOf(':at')
    const tokens = (time * BigInt(limit)) / (BigInt(windowMs) * 10n ** 12n)
    return [{ pk: String(Key?.pk?.S), cost: Number(partOf(':cost') || tokens) }]
  })
}

function conflictOf(operation: string): Error {
  if (operation === 'TransactWriteItems') {
    const CancellationReasons = [{ Code: 'TransactionConflict' }, { Code: 'None' }]
    return refusal('TransactionCanceledException', { CancellationReasons })
  }
  const cause = refusal('TransactionConflictException')
  return new AppError('dependency-failed', 'conflict', { cause, retryable: true })
}
