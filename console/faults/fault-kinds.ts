import type { InjectedFault } from '../shared/wire.ts'

interface Kind {
  /** The choice, as a person reads it. */
  title: string
  fault: Pick<InjectedFault, 'error' | 'latencyMs'>
}

/** The faults to choose from: `functions/shared/resilience/fault-injection.ts` injects them. */
export const FAULT_KINDS = {
  throttle: { title: 'throttled', fault: { error: 'throttle' } },
  slow: { title: 'slow, by 800 ms', fault: { latencyMs: 800 } },
  server: { title: 'an error of the service', fault: { error: 'server' } },
  crash: { title: 'killed before the call', fault: { error: 'crash' } },
  lost: { title: 'made, but its answer is lost', fault: { error: 'lost' } },
  timeout: { title: 'no answer: timed out', fault: { error: 'timeout' } },
} as const satisfies Record<string, Kind>

export type FaultKind = keyof typeof FAULT_KINDS

export function toFault(choice: { operation: string; kind: FaultKind; percent: number }): InjectedFault {
  return { operation: choice.operation, rate: choice.percent / 100, ...FAULT_KINDS[choice.kind].fault }
}

/** Describes a fault, as in `50 % of dynamodb.GetItem: throttled`. */
export function describeFault({ operation, rate, error, latencyMs }: InjectedFault): string {
  const known: Kind | undefined = Object.values(FAULT_KINDS).find(
    ({ fault }: Kind) => fault.error === error && fault.latencyMs === latencyMs,
  )
  const other = [error, latencyMs && `slow, by ${latencyMs} ms`].filter(Boolean).join(', ')
  return `${Math.round(rate * 100)} % of ${operation}: ${known?.title ?? other}`
}
