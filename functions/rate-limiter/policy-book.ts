import { createCache } from '../shared/cache/cache.ts'
import type { Clock, Random } from '../shared/clock.ts'
import { AppError } from '../shared/errors.ts'
import { boundedMap } from '../shared/rate-limit/counters/bounded-map.ts'
import { parentSubject } from '../shared/rate-limit/policies/resolve-check.ts'
import type { Policy, WindowPolicy } from '../shared/rate-limit/policy.ts'
import { timeout } from '../shared/resilience/timeout.ts'
import type { StartTimer } from '../shared/resilience/timer.ts'
import { toConcurrencyPolicy, toWindowPolicy } from './domain/counted-policy.ts'
import { MAX_PARENTS, type Override, type StoredPolicy } from './domain/policy.ts'

/** Identifies a policy of a tenant. */
export interface PolicyId {
  readonly tenant: string
  readonly name: string
}

/** Reads a policy; consistently, it sees every change that was made before. */
export type ReadPolicy = (
  id: PolicyId,
  options: { consistent: boolean; signal: AbortSignal },
) => Promise<StoredPolicy | undefined>

/** Reads all overrides of a policy, by their subjects. */
export type ReadOverrides = (id: PolicyId, signal: AbortSignal) => Promise<ReadonlyMap<string, Override>>

export interface PolicyBookOptions {
  readPolicy: ReadPolicy
  readOverrides: ReadOverrides
  /** The time of a decision, in milliseconds: a read for which an older one can stand in may take four times as much. */
  budgetMs: number
  startTimer: StartTimer
  now: Clock
  random: Random
}

/**
 * Finds a policy as it holds for a subject, with its parents and the subject's own limits.
 *
 * @returns `undefined` where the tenant has no policy with this name.
 * @throws AppError (retryable) when the table can't be read and nothing is remembered.
 */
export type FindPolicy = (asked: PolicyId & { subject: string }, signal: AbortSignal) => Promise<Policy | undefined>

/** A change is live everywhere after this and the second that DynamoDB's replicas may take: 10 s are promised. */
export const POLICY_MEMORY_MS = 5000
const NEGATIVE_TTL_MS = 1000
/** A table that is slow must not hold up who has a policy that is old, but good enough. */
const READ_BUDGETS = 4
/** The age up to which a policy is used while the table can't be read, so that limits continue through an outage. */
const STALE_MS = 300_000
const MAX_POLICIES = 1000
/** The number of policies whose overrides are remembered: each may have a thousand. */
const MAX_OVERRIDDEN = 100

/**
 * The policies that an environment remembers. Each is one item, so that a check sees the old or the new one, never half
 * of one. A chain of policies that can't be, because its parts are of different ages, is read again, consistently.
 */
export function createPolicyBook(options: PolicyBookOptions): FindPolicy {
  const { readPolicy, readOverrides, budgetMs, startTimer, now, random } = options
  const refresh = timeout({ ms: READ_BUDGETS * budgetMs, startTimer })
  /** The remembered value, which may replace a read that takes too long. */
  const known = boundedMap<true>(MAX_POLICIES)
  const load = async <Value>(key: string, read: (signal: AbortSignal) => Promise<Value>, signal: AbortSignal) => {
    const value = await (known.get(key) ? refresh(read, signal) : read(signal))
    if (value !== undefined) known.set(key, true)
    return value
  }
  const common = { ttlMs: POLICY_MEMORY_MS, staleIfErrorMs: STALE_MS, now, random }
  const policies = createCache<StoredPolicy>({ ...common, negativeTtlMs: NEGATIVE_TTL_MS, maxEntries: MAX_POLICIES })
  const overrides = createCache<ReadonlyMap<string, Override>>({ ...common, maxEntries: MAX_OVERRIDDEN })
  const read = (id: PolicyId, consistent: boolean, signal: AbortSignal) =>
    policies.get(
      keyOf(id),
      (inner) => load(`P${keyOf(id)}`, (own) => readPolicy(id, { consistent, signal: own }), inner),
      signal,
    )
  const remembered: Read = (id, signal) => read(id, false, signal)
  const again: Read = (id, signal) => {
    policies.expire(keyOf(id))
    return read(id, true, signal)
  }

  const overridesOf = (stored: StoredPolicy, signal: AbortSignal) =>
    overrides.get(
      keyOf(stored),
      (inner) => load(`O${keyOf(stored)}`, (own) => readOverrides(stored, own), inner),
      signal,
    )
  const ownLimit = async (stored: StoredPolicy, subject: string, signal: AbortSignal) => {
    if (stored.overrides === 0) return undefined
    return (await overridesOf(stored, signal))?.get(subject)
  }

  /** Counts by the lowest policy of a chain; the first parent is the one right above it. */
  const count = async ([lowest, ...parents]: Chain, subject: string, signal: AbortSignal): Promise<Policy> => {
    const override = await ownLimit(lowest, subject, signal)
    if (!isWindowed(lowest)) return toConcurrencyPolicy(lowest, override)
    const [nearest, ...further] = parents
    const { parent } = lowest.definition
    if (!nearest || !parent) return toWindowPolicy(lowest, override, undefined)
    const above = await count([nearest, ...further], parentSubject(subject, parent.subjectPrefix), signal)
    return toWindowPolicy(lowest, override, above as WindowPolicy)
  }

  return async ({ subject, ...id }, signal) => {
    for (const readOne of [remembered, again]) {
      const chain = await readChain(readOne, id, signal)
      if (chain === undefined) return undefined
      if (chain !== 'torn') return count(chain, subject, signal)
    }
    throw new AppError('conflict', `The parents of ${id.name} change all the time`, { retryable: true })
  }
}

type Chain = readonly [StoredPolicy, ...StoredPolicy[]]
type Read = (id: PolicyId, signal: AbortSignal) => Promise<StoredPolicy | undefined>

/** Reads a policy and those above it; `torn` where a parent is missing, can't be one, or there are too many. */
async function readChain(read: Read, id: PolicyId, signal: AbortSignal): Promise<Chain | 'torn' | undefined> {
  const first = await read(id, signal)
  if (!first) return undefined
  const chain: [StoredPolicy, ...StoredPolicy[]] = [first]
  for (let next = first.definition.parent; next; ) {
    const parent = await read({ tenant: id.tenant, name: next.policy }, signal)
    if (!parent || !isWindowed(parent) || (parent.definition.shards ?? 1) > 1) return 'torn'
    if (chain.length > MAX_PARENTS) return 'torn'
    chain.push(parent)
    next = parent.definition.parent
  }
  return chain
}

function keyOf({ tenant, name }: PolicyId): string {
  return `${tenant}#${name}`
}

function isWindowed(
  stored: StoredPolicy,
): stored is StoredPolicy & { definition: { algorithm: WindowPolicy['algorithm'] } } {
  return stored.definition.algorithm !== 'concurrency'
}
