/** Shortly before the function's end, and after it for certain: see `leaseMs`. */
export const TIMEOUT_MS = 10_000
export const LEASE_MS = 11_000
/** The longest delay of a call to the database, which may outlive the attempt that sent it, and the lease. */
export const IN_FLIGHT_MS = 2 * LEASE_MS
export const DAY_MS = 24 * 60 * 60 * 1000

/** A client's request; all fields but the body identify the operation. */
export interface Asked {
  tenant: string
  sub: string
  route: string
  key: string
  body: string
}

/** The outcomes of an execution of the operation; the first three have an effect. */
export type Ending =
  | 'made'
  | 'made, without a body'
  | 'made, then a bug'
  | 'refused'
  | 'answers 404'
  | 'throttled'
  | 'down'
  | 'bug'

/** `order` counts what happened, `time` is the clock, in milliseconds. */
export interface Moment {
  order: number
  time: number
}

export interface Answer extends Moment {
  status: number
  headers: Record<string, unknown>
  body: string | undefined
}

/** A request; without an answer it died, or its client saw none. */
export interface Sent extends Moment {
  asked: Asked
  answer?: Answer
  isDead: boolean
  /** True if one of its calls to the database failed. */
  wasFaulty: boolean
}

/** An execution of the operation. */
export interface Run {
  sent: Sent
  operationId: string
  began: Moment
  ended?: Moment & { ending: Ending }
}

export interface History {
  sent: Sent[]
  runs: Run[]
  /** Names of the operations that had an effect. */
  effects: string[]
}

/** Tenant, caller, route and key: what an operation belongs to. */
export function scopeOf({ asked: { tenant, sub, route, key } }: Sent): string {
  return [tenant, sub, route, key].join(' ')
}
