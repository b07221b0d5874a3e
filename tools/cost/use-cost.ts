import { table } from '../bench/document.ts'
import type { Units } from './capacity.ts'
import { type Assumptions, priceOf } from './price-list.ts'

/** What a step of a journey took. */
export interface StepUse {
  readonly name: string
  readonly requests: number
  /** Of DynamoDB. */
  readonly calls: readonly Units[]
}

/** What a million requests cost in USD, by what they are paid for. */
export interface UseCost {
  readonly api: number
  readonly lambda: number
  readonly duration: number
  readonly dynamodb: number
  readonly logs: number
  readonly total: number
  /** A request to the API, an invocation, and one write, or half a read unit where nothing is written. */
  readonly floor: number
}

/** For a million requests like those of a step; `memory` in MB. */
export function useCost(
  { requests, calls }: StepUse,
  { memory, assumed }: { memory: number; assumed: Assumptions },
): UseCost {
  const each = (count: number) => count / requests
  const read = each(calls.reduce((sum, units) => sum + units.read, 0))
  const write = each(calls.reduce((sum, units) => sum + units.write, 0))
  const seconds = (assumed.ownMs + assumed.callMs * each(calls.length)) / 1000
  const [api, lambda] = [priceOf('httpApiMillion').usd, priceOf('lambdaMillion').usd]
  const duration = seconds * (memory / 1024) * priceOf('lambdaGigabyteSecond').usd * 1e6
  const dynamodb = read * priceOf('readMillion').usd + write * priceOf('writeMillion').usd
  // A million requests of so many bytes, and a GB of 10^9.
  const logs = (assumed.logBytes / 1000) * priceOf('logGigabyte').usd
  const least = write > 0 ? priceOf('writeMillion').usd : priceOf('readMillion').usd / 2
  return {
    ...{ api, lambda, duration, dynamodb, logs },
    total: api + lambda + duration + dynamodb + logs,
    floor: api + lambda + least,
  }
}

const HEADER = [
  'a million times',
  'read units',
  'write units',
  'API',
  'Lambda',
  'DynamoDB',
  'logs',
  'sum',
  'floor',
  'x',
]

export function useTable(steps: readonly StepUse[], options: { memory: number; assumed: Assumptions }): string {
  const rows = steps.map((step) => {
    const { api, lambda, duration, dynamodb, logs, total, floor } = useCost(step, options)
    const perRequest = (kind: keyof Units) =>
      String(Number((step.calls.reduce((sum, units) => sum + units[kind], 0) / step.requests).toFixed(2)))
    const usd = [api, lambda + duration, dynamodb, logs, total, floor].map((value) => `$${value.toFixed(2)}`)
    return [step.name, perRequest('read'), perRequest('write'), ...usd, (total / floor).toFixed(1)]
  })
  return table(HEADER, rows)
}
