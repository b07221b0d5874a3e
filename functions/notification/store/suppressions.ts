import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb'
import type { Clock } from '../../shared/clock.ts'
import { conditionalWrite } from '../../shared/data/conditional-write.ts'
import { isPassing, transact } from '../../shared/data/transact.ts'
import { createSettle, type SettleOptions } from '../../shared/resilience/settle.ts'
import type { Suppress, SuppressErased, Suppression } from '../domain/suppression.ts'
import type { ListSuppressions, Unsuppress } from '../suppressions/routes.ts'
import type { TenantAddress } from './address-hash.ts'
import { fromItem, keyOf, toItem, toKey } from './items.ts'
import { addressPk, type Key, SUPPRESSION, suppressionsPk } from './keys.ts'
import type { StandingOptions } from './standing.ts'

export interface SuppressionsOptions extends StandingOptions, SettleOptions {
  newId: () => string
  now: Clock
}

/** The two items of a suppression: one by which its address is judged, and one of the tenant's list. */
interface Keys {
  readonly standing: Key
  readonly listed: Key
}

interface Put extends Keys {
  readonly onlyIfAbsent?: boolean | undefined
}

/**
 * Creates the writes and the list of suppressions. All reject as `DynamoDB` does; the writes with a retryable AppError
 * when others kept writing the same suppression.
 */
export function createSuppressions(options: SuppressionsOptions): {
  suppress: Suppress
  suppressErased: SuppressErased
  unsuppress: Unsuppress
  listSuppressions: ListSuppressions
} {
  const { client, tableName: TableName, hashAddress, newId, now } = options
  const settle = createSettle(options)
  const findKeys = async ({ tenant, channel, address }: TenantAddress, signal: AbortSignal): Promise<Keys> => {
    const of = { tenant, channel, address }
    return keysOf(of, await hashAddress(of, signal))
  }
  return {
    async suppress({ tenant, channel, address, reason, onlyIfAbsent }, signal) {
      const keys = await findKeys({ tenant, channel, address }, signal)
      return put({ ...keys, onlyIfAbsent }, { channel, address, reason }, signal)
    },
    suppressErased({ tenant, channel, addressHash, reason }, signal) {
      return put(keysOf({ tenant, channel }, addressHash), { channel, address: null, reason }, signal)
    },
    async unsuppress(of, signal) {
      return remove(await findKeys(of, signal), signal)
    },
    async listSuppressions({ tenant, after, limit }, signal) {
      const pk = suppressionsPk(tenant)
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': { S: pk } },
          ConsistentRead: true,
          Limit: limit,
          ...(after !== undefined && { ExclusiveStartKey: toKey({ pk, sk: after }) }),
        }),
        { signal },
      )
      const suppressions = Items.map((item) => toSuppression(fromItem<Suppression>(item)))
      return { suppressions, ...(LastEvaluatedKey && { next: keyOf(LastEvaluatedKey).sk }) }
    },
  }

  function put({ standing, listed, onlyIfAbsent }: Put, given: Omit<Suppression, 'createdAt'>, signal: AbortSignal) {
    return settle(async () => {
      const input = { TableName, Key: toKey(standing), ConsistentRead: true }
      const { Item } = await client.send(new GetItemCommand(input), { signal })
      const before = Item && fromItem<Suppression>(Item)
      if (before && onlyIfAbsent) return { outcome: 'stale' as const }
      const suppression = { ...given, createdAt: before?.createdAt ?? now() }
      const items = [standing, listed].map((key) => ({
        Put: {
          TableName,
          Item: toItem({ ...key, ...suppression }),
          ...(onlyIfAbsent && { ConditionExpression: 'attribute_not_exists(pk)' }),
        },
      }))
      // With a token, a try whose answer was lost is no suppression that was there before.
      const { outcome } = await transact(client, { items, token: newId() }, { signal })
      if (outcome === 'cancelled') return 'raced'
      return { outcome: before ? ('changed' as const) : ('created' as const), suppression }
    }, signal)
  }

  function remove({ standing, listed }: Keys, signal: AbortSignal): Promise<boolean> {
    const items = [standing, listed].map((key) => ({
      Delete: { TableName, Key: toKey(key), ConditionExpression: 'attribute_exists(pk)' },
    }))
    return settle(async () => {
      const result = await transact(client, { items }, { signal })
      if (result.outcome === 'written') return true
      return result.items.some(isPassing) ? 'raced' : false
    }, signal)
  }
}

/** Creates the write that leaves only the hash of a suppressed address, and returns it. It rejects as `DynamoDB` does. */
export function createForgetAddress({ client, tableName: TableName, hashAddress }: StandingOptions) {
  return async (of: TenantAddress, signal: AbortSignal): Promise<string> => {
    const hash = await hashAddress(of, signal)
    const { standing, listed } = keysOf(of, hash)
    for (const key of [standing, listed]) {
      const input = {
        TableName,
        Key: toKey(key),
        UpdateExpression: 'REMOVE address',
        ConditionExpression: 'attribute_exists(pk)',
      }
      await conditionalWrite(client, { operation: 'UpdateItem', input }, { signal })
    }
    return hash
  }
}

function keysOf({ tenant, channel }: Omit<TenantAddress, 'address'>, hash: string): Keys {
  return {
    standing: { pk: addressPk(tenant, hash), sk: SUPPRESSION + channel },
    listed: { pk: suppressionsPk(tenant), sk: `${channel}#${hash}` },
  }
}

function toSuppression({ channel, address = null, reason, createdAt }: Suppression): Suppression {
  return { channel, address, reason, createdAt }
}
