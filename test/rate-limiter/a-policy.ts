import * as fc from 'fast-check'
import { definitionErrors } from '../../functions/rate-limiter/domain/definition-errors.ts'
import type { PolicyDefinition, StoredPolicy } from '../../functions/rate-limiter/domain/policy.ts'
import type { Cause } from '../../functions/shared/events/event.ts'

export const TENANT = 'acme'

export const CAUSE: Cause = {
  correlationId: 'request-1',
  causationId: null,
  traceparent: `00-${'1'.repeat(32)}-${'1'.repeat(16)}-01`,
}

export function aDefinition(fields: Partial<PolicyDefinition> = {}): PolicyDefinition {
  const window = fields.algorithm === 'concurrency' || fields.calendar ? {} : { windowMs: 60_000 }
  return { algorithm: 'fixed-window', limit: 10, ...window, onError: 'closed', mode: 'enforce', ...fields }
}

export function aPolicy(
  fields: Partial<PolicyDefinition> = {},
  { name = 'writes', ...more }: Partial<StoredPolicy> = {},
): StoredPolicy {
  return {
    tenant: TENANT,
    name,
    definition: aDefinition(fields),
    version: `version-of-${name}`,
    updatedAt: '2026-05-06T07:08:09.000Z',
    overrides: 0,
    children: 0,
    ...more,
  }
}

const optional = <Key extends string, Value>(key: Key, value: fc.Arbitrary<Value>) =>
  fc.option(value).map((given) => (given === null ? {} : { [key]: given }) as { [name in Key]?: Value })

/** Definitions with windows, each good by itself. */
export const windowDefinitions: fc.Arbitrary<PolicyDefinition> = fc
  .tuple(
    fc.record({
      algorithm: fc.constantFrom('fixed-window' as const, 'sliding-window' as const, 'token-bucket' as const),
      limit: fc.integer({ min: 1, max: 1000 }),
      onError: fc.constantFrom('open' as const, 'closed' as const, 'local' as const),
      mode: fc.constantFrom('enforce' as const, 'enforce' as const, 'shadow' as const, 'off' as const),
    }),
    fc.oneof(
      fc.record({ windowMs: fc.integer({ min: 1000, max: 120_000 }) }),
      fc.record({ calendar: fc.constantFrom('hour' as const, 'day' as const, 'month' as const) }),
    ),
    optional('burst', fc.integer({ min: 1, max: 1000 })),
    optional('allow', fc.uniqueArray(fc.constantFrom('user:*', '10.0.0.0/8', 'vip'), { minLength: 1 })),
    optional('deny', fc.uniqueArray(fc.constantFrom('user:7', 'bot*', '2001:db8::/32'), { minLength: 1 })),
    optional('blockMs', fc.integer({ min: 0, max: 90_000 })),
    optional('shards', fc.integer({ min: 1, max: 8 })),
  )
  .map((parts) => Object.assign({}, ...parts) as PolicyDefinition)
  .filter((definition) => definitionErrors(definition).length === 0)
