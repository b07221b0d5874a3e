import type { PolicyDefinition, StoredPolicy } from '../../../functions/rate-limiter/domain/policy.ts'
import { httpEvent } from '../invocation.ts'

const DEFINITION: PolicyDefinition = {
  algorithm: 'fixed-window',
  limit: 1_000_000_000,
  windowMs: 86_400_000,
  onError: 'closed',
  mode: 'enforce',
}

export const POLICY: StoredPolicy = {
  tenant: 'tenant',
  name: 'api',
  definition: DEFINITION,
  version: 'aaaaaaaaaaaa',
  updatedAt: '2026-01-01T00:00:00.000Z',
  overrides: 0,
  children: 0,
}

/** The policy as the table has it. */
export const POLICY_ITEM = {
  pk: { S: 'P#tenant' },
  sk: { S: 'policy#api' },
  tenant: { S: POLICY.tenant },
  name: { S: POLICY.name },
  definitionJson: { S: JSON.stringify(DEFINITION) },
  version: { S: POLICY.version },
  updatedAt: { S: POLICY.updatedAt },
}

/** The counter after a charge. */
export const COUNTER_ITEM = { pk: { S: 'Q@tenant#api#user:1' }, sk: { S: 'quota' }, used: { N: '42' } }

/** One check of one subject. */
export const CHECK = httpEvent({
  routeKey: 'POST /v1/check',
  path: '/v1/check',
  claims: { sub: 'user', tenant: POLICY.tenant, scope: 'limits:check' },
  json: { checks: [{ policy: POLICY.name, subject: 'user:1' }] },
})
