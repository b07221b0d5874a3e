import { table } from '../support/document.ts'
import type { Units } from './capacity.ts'
import { type Assumptions, priceOf } from './price-list.ts'

/** A request, and the resources that its function used. */
export interface RequestUse {
  /** The function's memory, in MB. */
  readonly memory: number
  /** Request units of DynamoDB. */
  readonly calls: readonly Units[]
}

/** The resources that a step of a journey used. */
export interface StepUse {
  readonly name: string
  /** The requests of the step, at least one. */
  readonly requests: readonly RequestUse[]
  /** Extra CPU time of each request, in ms of a full core. */
  readonly coreMs: number
}

/** The cost of a million requests in USD, by resource. */
export interface UseCost {
  readonly api: number
  readonly lambda: number
  readonly duration: number
  readonly dynamodb: number
  readonly logs: number
  readonly total: number
  /**
   * The minimum: a request to the API, an invocation, and one write, or half a read unit for requests that only read.
   */
  readonly floor: number
}

/**
 * Memory in MB that gives a function a full core; half of it gives half a core (Lambda's guide, "Configure memory").
 */
const CORE_MEMORY = 1769

/** Computes the cost of a million requests like those of a step. */
export function useCost({ requests, coreMs }: StepUse, assumed: Assumptions): UseCost {
  const [read, write] = [mean(requests, 'read'), mean(requests, 'write')]
  const gigabyteSeconds = requests.map(({ memory, calls }) => {
    const ms = assumed.ownMs + assumed.callMs * calls.length + coreMs * Math.max(1, CORE_MEMORY / memory)
    return (ms / 1000) * (memory / 1024)
  })
  const [api, lambda] = [priceOf('httpApiMillion').usd, priceOf('lambdaMillion').usd]
  const duration = (sum(gigabyteSeconds) / requests.length) * priceOf('lambdaGigabyteSecond').usd * 1e6
  const dynamodb = read * priceOf('readMillion').usd + write * priceOf('writeMillion').usd
  // A million requests of this many bytes, and a GB of 10^9.
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

/** Sums the units of a request. */
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
