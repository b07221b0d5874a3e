import type { MeasuredUse } from './measured-units.ts'
import { QUOTA_NAMES, QUOTAS, type QuotaName } from './quotas.ts'
import type { LimitAdvice, RequestKind, SystemModel } from './system-model.ts'

export interface Load {
  /** Requests a second. */
  readonly rps: number
  /** The part of all requests that are about one object, from 0 to 1. */
  readonly hot: number
  /** The parts of kinds, in place of the model's. */
  readonly mix?: Readonly<Record<string, number>>
}

export interface LimitUse {
  /** A quota of AWS, or a limit of the system's own. */
  readonly limit: string
  /** Its unit, as in "requests a second". */
  readonly name: string
  readonly value: number
  readonly advice: LimitAdvice
  /** The load's use of it, in the limit's unit. */
  readonly used: number
  /** The part of the limit: from 1 on it is reached. */
  readonly part: number
  /** The load at which the limit is reached, in requests a second, with the same mix. */
  readonly atRps: number
}

export interface Estimate {
  /** By how much of a limit is used, the most first. */
  readonly limits: readonly LimitUse[]
  /** USD of a month of this load, without what the stack costs while idle. */
  readonly monthlyUsd: number
  readonly monthlyFloor: number
}

export interface Durations {
  /** Milliseconds of a function's own work, and of waiting for a call of DynamoDB: assumed. */
  readonly ownMs: number
  readonly callMs: number
}

/** Stands for the quota to raise where the limit is the design's. */
const NO_QUOTA = 'No quota: the limit is the design’s.'

/** A month of 730 hours. */
const SECONDS_A_MONTH = 730 * 3600

/**
 * Estimates what a load takes of each limit, and costs.
 *
 * @throws Error for a kind whose row isn't in docs/costs.md, and RangeError for a mix that doesn't add up to 1.
 */
export function estimate(
  model: SystemModel,
  load: Load,
  { rows, durations }: { rows: ReadonlyMap<string, MeasuredUse>; durations: Durations },
): Estimate {
  const shares = sharesOf(model, load.mix)
  const per: PerRequest = (use) =>
    Object.entries(model.kinds).reduce((sum, [name, kind]) => {
      const measured = rows.get(kind.row)
      if (!measured) throw new Error(`docs/costs.md has no row "${kind.row}" of ${model.stack}.`)
      return sum + (shares[name] ?? 0) * use(kind, measured)
    }, 0)
  const limits = [...quotaUses(model, load, { per, durations }), ...ownUses(model, load, per)]
  const millions = (load.rps * SECONDS_A_MONTH) / 1e6
  return {
    limits: limits.filter(({ used }) => used > 0).sort((a, b) => b.part - a.part),
    monthlyUsd: millions * per(({ after }, { usd }) => usd + (after?.usd ?? 0)),
    monthlyFloor: millions * per((_, { floor }) => floor),
  }
}

/** Adds up what the kinds of requests use, by their shares. */
type PerRequest = (use: (kind: RequestKind, measured: MeasuredUse) => number) => number

function quotaUses(
  { stack, advice }: SystemModel,
  { rps, hot }: Load,
  { per, durations }: { per: PerRequest; durations: Durations },
): LimitUse[] {
  const seconds = ({ calls, extraMs = 0 }: RequestKind) => (durations.ownMs + durations.callMs * calls + extraMs) / 1000
  const taken = (quota: QuotaName, otherwise = 0) => per(({ takes }) => takes?.[quota] ?? otherwise)
  const perRequest: Record<QuotaName, number> = {
    apiRequests: taken('apiRequests', 1),
    lambdaConcurrency: per(seconds),
    tableReads: per(({ after }, { read }) => read + (after?.read ?? 0)),
    tableWrites: per(({ after }, { write }) => write + (after?.write ?? 0)),
    partitionReads: hot * per((kind) => kind.hot.read),
    partitionWrites: hot * per((kind) => kind.hot.write),
    putEvents: per(({ events }) => events),
    socketConnections: taken('socketConnections'),
    fifoSends: taken('fifoSends'),
    fifoGroupSends: hot * taken('fifoGroupSends'),
    emails: taken('emails'),
  }
  return QUOTA_NAMES.filter((limit) => perRequest[limit] > 0).map((limit) => {
    const about = advice[limit]
    if (!about) throw new Error(`The model of ${stack} has no advice about "${limit}", which its requests use.`)
    const { name, value } = QUOTAS.quotas[limit]
    return useOf({ limit, name, value, advice: about }, perRequest[limit], rps)
  })
}

function ownUses({ ownLimits = {} }: SystemModel, { rps, hot }: Load, per: PerRequest): LimitUse[] {
  return Object.entries(ownLimits).map(([limit, { name, value, ofHotObject, ...advice }]) => {
    const taken = per(({ takes }) => takes?.[limit] ?? 0)
    return useOf({ limit, name, value, advice: { raise: NO_QUOTA, ...advice } }, ofHotObject ? hot * taken : taken, rps)
  })
}

function useOf(limit: Omit<LimitUse, 'used' | 'part' | 'atRps'>, perRequest: number, rps: number): LimitUse {
  const used = rps * perRequest
  return { ...limit, used, part: used / limit.value, atRps: limit.value / perRequest }
}

/** Fills up a mix that names some kinds: the others keep their proportions. */
function sharesOf({ kinds, stack }: SystemModel, mix: Load['mix'] = {}): Record<string, number> {
  const unknown = Object.keys(mix).find((name) => !(name in kinds))
  if (unknown) throw new RangeError(`${stack} has no requests "${unknown}": it has ${Object.keys(kinds).join(', ')}.`)
  const named = Object.values(mix).reduce((sum, share) => sum + share, 0)
  const rest = Object.entries(kinds).filter(([name]) => !(name in mix))
  const restShares = rest.reduce((sum, [, { share }]) => sum + share, 0)
  if (named > 1.0001 || (restShares === 0 && named < 0.9999)) {
    throw new RangeError(`The mix adds up to ${named}: it must be 1, or less where it leaves some requests out.`)
  }
  return {
    ...Object.fromEntries(rest.map(([name, { share }]) => [name, (share / restShares) * (1 - named)])),
    ...mix,
  }
}
