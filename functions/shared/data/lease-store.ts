import type { Lease, LeaseRequest, LeaseStore } from '../resilience/lease-lock.ts'
import { conditionalWrite } from './conditional-write.ts'
import type { Item, Table } from './table.ts'

export interface LeaseStoreOptions extends Table {
  /**
   * The time in milliseconds after which the item of a name that nobody locks any more may expire. Its tokens then begin
   * again at 1, so it must be longer than what the lease protects exists.
   */
  keptMs: number
}

/**
 * Stores leases in a system's own table: `pk = Z#<name>`, `sk = lease`. A released lease stays with its token, so that
 * tokens never repeat while the item exists. Rejects as `DynamoDB` does.
 */
export function createLeaseStore({ client, tableName, keptMs }: LeaseStoreOptions): LeaseStore {
  return {
    async acquire({ name, holder, now, until }: LeaseRequest, signal) {
      const input = {
        TableName: tableName,
        Key: keyOf(name),
        UpdateExpression:
          'SET holder = :holder, leaseUntil = :until, #ttl = :ttl, #token = if_not_exists(#token, :none) + :one',
        ConditionExpression: 'attribute_not_exists(pk) OR leaseUntil <= :now',
        ExpressionAttributeNames: { '#ttl': 'ttl', '#token': 'token' },
        ExpressionAttributeValues: {
          ':holder': { S: holder },
          ':until': { N: String(until) },
          ':now': { N: String(now) },
          ':ttl': { N: String(Math.ceil((until + keptMs) / 1000)) },
          ':none': { N: '0' },
          ':one': { N: '1' },
        },
      }
      const { outcome, item } = await conditionalWrite(client, { operation: 'UpdateItem', input }, { signal })
      // A refusal by our own lease means that the response to an earlier attempt was lost.
      if (outcome === 'written' || item?.holder?.S === holder)
        return { outcome: 'granted', lease: { name, token: Number(item?.token?.N) } }
      return { outcome: 'held', until: Number(item?.leaseUntil?.N ?? now) }
    },
    async release({ name, token }: Lease, signal) {
      const input = {
        TableName: tableName,
        Key: keyOf(name),
        UpdateExpression: 'SET leaseUntil = :ended',
        ConditionExpression: '#token = :token',
        ExpressionAttributeNames: { '#token': 'token' },
        ExpressionAttributeValues: { ':ended': { N: '0' }, ':token': { N: String(token) } },
      }
      await conditionalWrite(client, { operation: 'UpdateItem', input }, { signal })
    },
  }
}

function keyOf(name: string): Item {
  return { pk: { S: `Z#${name}` }, sk: { S: 'lease' } }
}
