import type { DenialMinute, DenialMinutes } from '../../../functions/rate-limiter/denials/count-denials.ts'
import type { DenialMessage, DenialReport, PolicyMinute } from '../../../functions/rate-limiter/domain/denials.ts'
import { TENANT } from '../a-policy.ts'

export const MINUTE = '2026-03-12T19:03Z'
export const NOW = Date.UTC(2026, 2, 12, 19, 4, 5)

export function aMessage(id: string, denied: [string, number][], more: Partial<DenialReport> = {}): DenialMessage {
  return { id, reports: [{ tenant: TENANT, policy: 'writes', minute: MINUTE, denied, ...more }] }
}

/** Minutes in memory, of which `countsOf` tells what each subject's count is. */
export function denialMinutes() {
  const minutes = new Map<string, DenialMinute>()
  const keyOf = ({ tenant, policy, minute }: PolicyMinute) => `${tenant}#${policy}#${minute}`
  const store: DenialMinutes = {
    read: async (id) => minutes.get(keyOf(id)),
    async write({ minute, before }) {
      const found = minutes.get(keyOf(minute))
      if (found?.messageIds.length !== before?.messageIds.length) return { outcome: 'raced', found }
      minutes.set(keyOf(minute), minute)
      return { outcome: 'written' }
    },
  }
  const minuteOf = (id: Partial<PolicyMinute> = {}) =>
    minutes.get(keyOf({ tenant: TENANT, policy: 'writes', minute: MINUTE, ...id }))
  const countsOf = (id: Partial<PolicyMinute> = {}) => {
    const { hitters = [] } = minuteOf(id) ?? {}
    return Object.fromEntries(hitters.map(({ key, count, error }) => [key, count - error]))
  }
  return { store, countsOf, degradedOf: () => minuteOf()?.degraded }
}
