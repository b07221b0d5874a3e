import type { Clock } from '../../shared/clock.ts'
import type { Cause } from '../../shared/events/event.ts'
import { meetsPreconditions, type Preconditions } from '../../shared/preconditions.ts'
import type { Settle } from '../../shared/resilience/settle.ts'
import type { DefinitionError } from '../domain/definition-errors.ts'
import { isSameDefinition, type PolicyDefinition, type StoredPolicy } from '../domain/policy.ts'
import type { RemoveOverrides } from './delete-policy.ts'
import { judgeDefinition, type ReadStored } from './judge-definition.ts'

export interface PutPolicyInput {
  tenant: string
  name: string
  definition: PolicyDefinition
  conditions: Preconditions
  cause: Cause
}

export type PutPolicyResult =
  | { outcome: 'created' | 'changed' | 'unchanged'; policy: StoredPolicy }
  | { outcome: 'stale' }
  | { outcome: 'invalid'; errors: readonly DefinitionError[] }

/** A change of a policy, to be made only if that policy and those that it was judged by are still what they were. */
export interface PolicyWrite {
  readonly policy: StoredPolicy
  /** The policy as it was read; `undefined` where there was none. */
  readonly before: StoredPolicy | undefined
  /** The policies that it was judged by: those above it, and those above it until now, where others are below it. */
  readonly parents: readonly StoredPolicy[]
  readonly cause: Cause
}

/**
 * Writes a policy and its event together. `raced`: something that it was judged by has changed meanwhile;
 * `overrides-left`: those of a deleted policy of its name are not all removed yet.
 */
export type WritePolicy = (write: PolicyWrite, signal: AbortSignal) => Promise<'written' | 'raced' | 'overrides-left'>

export interface PutPolicyDeps {
  read: ReadStored
  write: WritePolicy
  removeOverrides: RemoveOverrides
  settle: Settle
  newVersion: () => string
  now: Clock
}

export type PutPolicy = (input: PutPolicyInput, signal: AbortSignal) => Promise<PutPolicyResult>

/**
 * Creates or replaces a policy. It is judged with the policies above it, and written only if none of them has changed
 * since: two changes at once can't make a circle, or a chain that is too long, that neither would make alone. A new policy
 * begins without overrides: what a deleted one of its name left is removed first.
 *
 * @throws AppError (retryable) when others keep changing the same policies.
 */
export function putPolicy({ read, write, removeOverrides, settle, newVersion, now }: PutPolicyDeps): PutPolicy {
  const putOnce = async (input: PutPolicyInput, signal: AbortSignal): Promise<PutPolicyResult | 'raced'> => {
    const { tenant, name, definition, conditions, cause } = input
    const before = await read({ tenant, name }, signal)
    if (!isWanted(conditions, before)) return { outcome: 'stale' }
    const { parents, errors } = await judgeDefinition({ read, tenant, name, definition, before }, signal)
    if (errors.length > 0) return { outcome: 'invalid', errors }
    if (before && isSameDefinition(before.definition, definition)) return { outcome: 'unchanged', policy: before }
    const policy: StoredPolicy = {
      tenant,
      name,
      definition,
      version: newVersion(),
      updatedAt: new Date(now()).toISOString(),
      overrides: before?.overrides ?? 0,
      children: before?.children ?? 0,
    }
    const written = await write({ policy, before, parents, cause }, signal)
    if (written === 'overrides-left') await removeOverrides({ tenant, name }, signal)
    if (written !== 'written') return 'raced'
    return { outcome: before ? 'changed' : 'created', policy }
  }
  return (input, signal) => settle(() => putOnce(input, signal), signal)
}

/** `If-Match` never holds for what isn't there (RFC 9110, section 13.1.1). */
function isWanted(conditions: Preconditions, before: StoredPolicy | undefined): boolean {
  return before ? meetsPreconditions(conditions, before.version) : conditions.ifMatch === undefined
}
