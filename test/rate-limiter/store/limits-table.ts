import { randomUUID } from 'node:crypto'
import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import type { PolicyDefinition, StoredPolicy } from '../../../functions/rate-limiter/domain/policy.ts'
import { policyUseCases } from '../../../functions/rate-limiter/policies/use-cases.ts'
import { policyKey } from '../../../functions/rate-limiter/store/keys.ts'
import { createPolicyStore } from '../../../functions/rate-limiter/store/policy-store.ts'
import type { DynamoDB } from '../../../functions/shared/aws/dynamodb.ts'
import { startTimer } from '../../../functions/shared/resilience/timer.ts'
import { patientDynamoDB, setFunctionEnvironment } from '../../support/cloud.ts'
import { ownTable } from '../../support/own-table.ts'
import { aDefinition, CAUSE } from '../a-policy.ts'

const { signal } = new AbortController()

/** A table of its own, the store and the use cases over it. */
export async function limitsTable() {
  setFunctionEnvironment()
  const client = patientDynamoDB()
  const table = { client, tableName: await ownTable() }
  const pauses = { random: Math.random, startTimer }
  const useCasesOver = (over: DynamoDB = client) => {
    const store = createPolicyStore({ ...table, ...pauses, client: over, newToken: randomUUID })
    return { store, ...policyUseCases({ store, newId: randomUUID, now: Date.now, ...pauses }) }
  }
  const { store, policies, overrides } = useCasesOver()
  return {
    table,
    store,
    policies,
    overrides,
    useCasesOver,
    itemOf: async (tenant: string, name: string) =>
      (
        await client.send(
          new GetItemCommand({ TableName: table.tableName, Key: policyKey({ tenant, name }), ConsistentRead: true }),
        )
      ).Item,
    put: (tenant: string, name: string, fields: Partial<PolicyDefinition> = {}) =>
      policies.put({ tenant, name, definition: aDefinition(fields), conditions: {}, cause: CAUSE }, signal),
    remove: (tenant: string, name: string) => policies.remove({ tenant, name, conditions: {}, cause: CAUSE }, signal),
    read: (tenant: string, name: string): Promise<StoredPolicy | undefined> => store.read({ tenant, name }, signal),
    /** Gives a subject its own limit under the policy `writes`. */
    override: (tenant: string, subject: string, limit = 1) =>
      overrides.put({ tenant, override: { subject, policy: 'writes', limit }, onlyIfAbsent: false }, signal),
  }
}

export function newTenant(): string {
  return `tenant-${randomUUID()}`
}
