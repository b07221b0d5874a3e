import { table } from '../support/document.ts'
import type { Units } from './capacity.ts'
import { type Assumptions, priceOf } from './price-list.ts'

/** A request, and what its function took for it. */
export interface RequestUse {
  /** Of the function, in MB. */
  readonly memory: number
  /** Of DynamoDB. */
  readonly calls: readonly Units[]
}

/** What a step of a journey took. */
export interface StepUse {
  readonly name: string
  /** At least one. */
  readonly requests: readonly RequestUse[]
  /** Of a whole core, for each request, beside the usual. */
  readonly coreMs: number
}

/** What a million requests cost in USD, by what they are paid for. */
export interface UseCost {
  readonly api: number
  readonly lambda: number
  readonly duration: number
  readonly dynamodb: number
  readonly logs: number
  readonly total: number
  /** A request to the API, an invocation, and one write, or half a read unit where nothing is written but read. */
  readonly floor: number
}

/** In MB: with so much a function has a whole core, with half of it half of one (Lambda's guide, "Configure memory"). */
const CORE_MEMORY = 1769

/** For a million requests like those of a step. */
export function useCost({ requests, coreMs }: StepUse, assumed: Assumptions): UseCost {
  const [read, write] = [mean(requests, 'read'), mean(requests, 'write')]
  const gigabyteSeconds = requests.map(({ memory, calls }) => {
    const ms = assumed.ownMs + assumed.callMs * calls.length + coreMs * Math.max(1, CORE_MEMORY / memory)
    return (ms / 1000) * (memory / 1024)
  })
  const [api, lambda] = [priceOf('httpApiMillion').usd, priceOf('lambdaMillion').usd]
  const duration = (sum(gigabyteSeconds) / requests.length) * priceOf('lambdaGigabyteSecond').usd * 1e6
  const dynamodb = read * priceOf('readMillion').usd + write * priceOf('writeMillion').usd
  // A million requests of so many bytes, and a GB of 10^9.
  const logs = (assumed.logBytes / 1000) * priceOf('logGigabyte').usd
  return {
    ...{ api, lambda, duration, dynamodb, logs },
    total: api + lambda + duration + dynamodb + logs,
    floor: api + lambda + least({ read, write }),
  }
}

function least({ read, write }: Units): number {
  if (write > 0) return priceOf('writeMillion').usd
  return read > 0 ? priceOf('readMillion').usd / 2 : 0
}

/** Units of a request. */
function mean(requests: readonly RequestUse[], kind: keyof Units): number {
  return sum(requests.flatMap(({ calls }) => calls.map((units) => units[kind]))) / requests.length
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}

const HEADER = [
  'a million times',
  'MB',
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

export function useTable(steps: readonly StepUse[], assumed: Assumptions): string {
  const rows = steps.map((step) => {
    const { api, lambda, duration, dynamodb, logs, total, floor } = useCost(step, assumed)
    const memories = [...new Set(step.requests.map(({ memory }) => memory))].join(', ')
    const units = (['read', 'write'] as const).map((kind) => String(Number(mean(step.requests, kind).toFixed(2))))
    const usd = [api, lambda + duration, dynamodb, logs, total, floor].map((value) => `$${value.toFixed(2)}`)
    return [step.name, memories, ...units, ...usd, (total / floor).toFixed(1)]
  })
  return table(HEADER, rows)
}
