import type { ConcurrencyPolicy, WindowPolicy } from '../../shared/rate-limit/policy.ts'
import { maxShards } from './definition-errors.ts'
import type { Override, PolicyDefinition, StoredPolicy } from './policy.ts'

/**
 * Builds the policy that the limiter's core counts by. For the same arguments it gives the same object: the core checks
 * a policy and reads its patterns once for each object.
 *
 * @param above the parent, if the definition names one.
 */
export function toWindowPolicy(
  stored: StoredPolicy & { definition: { algorithm: WindowPolicy['algorithm'] } },
  override: Override | undefined,
  above: WindowPolicy | undefined,
): WindowPolicy {
  return once(stored, [override, above], () => {
    const { algorithm } = stored.definition
    const { windowMs, calendar, burst, blockMs, shards, parent } = withOverride(stored, override)
    return {
      ...common(stored, override),
      algorithm,
      ...(windowMs !== undefined && { windowMs }),
      ...(calendar !== undefined && { calendar }),
      ...(burst !== undefined && { burst }),
      ...(blockMs !== undefined && { blockMs }),
      ...(shards !== undefined && { shards }),
      ...(parent && above && { parent: { policy: above, subjectPrefix: parent.subjectPrefix } }),
    }
  }) as WindowPolicy
}

/** Builds the policy by which the core's slots are held; the same object for the same arguments. */
export function toConcurrencyPolicy(stored: StoredPolicy, override: Override | undefined): ConcurrencyPolicy {
  return once(stored, [override], () => ({
    ...common(stored, override),
    algorithm: 'concurrency',
  })) as ConcurrencyPolicy
}

function common(stored: StoredPolicy, override: Override | undefined) {
  const { limit, onError, mode, allow, deny } = withOverride(stored, override)
  const { tenant, name } = stored
  return { tenant, name, limit, onError, mode, ...(allow && { allow }), ...(deny && { deny }) }
}

const MAX_SLOTS = 500
/** The largest product of a bucket's limit and burst that is counted exactly. */
const MAX_BUCKET = 1e12 - 1

/**
 * Puts a subject's own limit into a definition. A bucket whose limit is overridden and whose burst is not holds as much
 * as the new limit. An override may be older than the policy's algorithm: what that does not allow is cut.
 */
function withOverride({ definition }: StoredPolicy, override: Override | undefined): PolicyDefinition {
  if (!override) return definition
  const { algorithm, shards } = definition
  const limit = algorithm === 'concurrency' ? Math.min(override.limit, MAX_SLOTS) : override.limit
  const burst = Math.min(override.burst ?? limit, Math.floor(MAX_BUCKET / limit))
  const own = { ...definition, limit, ...(algorithm === 'token-bucket' && { burst }) }
  return { ...own, ...(shards !== undefined && { shards: Math.min(shards, maxShards(own)) }) }
}

const NONE = {}
type Remembered = WeakMap<object, unknown>
const remembered: Remembered = new WeakMap()

/** Builds something once for the same objects, and forgets it with any of them. */
function once(first: object, others: readonly (object | undefined)[], build: () => unknown): unknown {
  let level = remembered
  for (const key of [first, ...others.slice(0, -1).map((each) => each ?? NONE)]) {
    const next = (level.get(key) as Remembered | undefined) ?? new WeakMap<object, unknown>()
    level.set(key, next)
    level = next
  }
  const last = others.at(-1) ?? NONE
  const value = level.get(last) ?? build()
  level.set(last, value)
  return value
}
