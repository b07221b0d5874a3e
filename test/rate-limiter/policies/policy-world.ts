import type { PolicyDefinition, StoredPolicy } from '../../../functions/rate-limiter/domain/policy.ts'
import { type PutPolicyInput, putPolicy } from '../../../functions/rate-limiter/policies/put-policy.ts'
import { type PolicyUseCasesDeps, policyUseCases } from '../../../functions/rate-limiter/policies/use-cases.ts'
import { createSettle } from '../../../functions/shared/resilience/settle.ts'
import { startTimer } from '../../../functions/shared/resilience/timer.ts'
import { aDefinition, CAUSE, TENANT } from '../a-policy.ts'

type Store = PolicyUseCasesDeps['store']

const { signal } = new AbortController()
const NOW = Date.parse('2026-05-06T07:08:09.000Z')
/** Pauses that end at once. */
const PAUSES = { random: () => 0, startTimer }

/** Policies in memory, written under the conditions that the table has: `policy-store.store.test.ts` shows that it does. */
export function policyWorld() {
  const policies = new Map<string, StoredPolicy>()
  /** The overrides that deleted policies left, by their names. */
  const left = new Map<string, number>()
  const events: string[] = []
  let versions = 0
  let beforeWrite: (() => Promise<unknown>) | undefined
  let removalFails = false
  /** Somebody else comes in between once. */
  const interrupt = (): Promise<unknown> => {
    const interruption = beforeWrite ?? (() => Promise.resolve())
    beforeWrite = undefined
    return interruption()
  }
  const adopt = (name: string | undefined, by: number) => {
    const parent = policies.get(name ?? '')
    if (parent) policies.set(parent.name, { ...parent, children: parent.children + by })
  }
  const write: Store['write'] = async ({ policy, before, parents }) => {
    await interrupt()
    const current = policies.get(policy.name)
    if (!current && left.has(policy.name)) return 'overrides-left'
    if (current?.version !== before?.version || current?.children !== before?.children) return 'raced'
    if (parents.some(({ name, version }) => policies.get(name)?.version !== version)) return 'raced'
    adopt(before?.definition.parent?.policy, -1)
    adopt(policy.definition.parent?.policy, 1)
    policies.set(policy.name, policy)
    events.push(policy.name)
    return 'written'
  }
  const unasked = async (): Promise<never> => {
    throw new Error('Not asked for.')
  }
  const store: Store = {
    read: async ({ name }) => policies.get(name),
    write,
    async remove({ before }) {
      await interrupt()
      const current = policies.get(before.name)
      if (current?.version !== before.version || current.children > 0) return 'raced'
      adopt(before.definition.parent?.policy, -1)
      policies.delete(before.name)
      if (current.overrides > 0) left.set(before.name, current.overrides)
      events.push(`-${before.name}`)
      return 'removed'
    },
    async removeOverrides({ name }) {
      if (removalFails) {
        removalFails = false
        throw new Error('The removal dies.')
      }
      if (!policies.has(name)) left.delete(name)
    },
    list: unasked,
    overrides: { read: unasked, insert: unasked, replace: unasked, remove: unasked },
  }
  const useCases = policyUseCases({ store, newId: () => `id-${++versions}`, now: () => NOW, ...PAUSES })
  const put = (name: string, fields: Partial<PolicyDefinition> = {}, more: Partial<PutPolicyInput> = {}) => {
    const definition = aDefinition(fields)
    return useCases.policies.put({ tenant: TENANT, name, definition, conditions: {}, cause: CAUSE, ...more }, signal)
  }
  return {
    policies,
    left,
    events,
    put,
    /** Gives subjects limits of their own under a policy. */
    override: (name: string, overrides: number) => {
      const policy = policies.get(name)
      if (policy) policies.set(name, { ...policy, overrides })
    },
    failRemovalOnce: () => {
      removalFails = true
    },
    /** Puts a policy below another one. */
    putBelow: (name: string, parent: string, fields: Partial<PolicyDefinition> = {}) =>
      put(name, { ...fields, parent: { policy: parent, subjectPrefix: 'org:' } }),
    remove: (name: string, conditions = {}) =>
      useCases.policies.remove({ tenant: TENANT, name, conditions, cause: CAUSE }, signal),
    interruptWith: (interruption: () => Promise<unknown>) => {
      beforeWrite = interruption
    },
    /** A store in which others always come first. */
    crowded: () =>
      putPolicy({
        ...store,
        write: async () => 'raced',
        settle: createSettle(PAUSES),
        newVersion: () => 'x',
        now: () => NOW,
      })({ tenant: TENANT, name: 'writes', definition: aDefinition(), conditions: {}, cause: CAUSE }, signal),
  }
}
