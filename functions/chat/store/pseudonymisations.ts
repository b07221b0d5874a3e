import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import type { Table } from '../../shared/data/table.ts'
import type { Pseudonymisation } from '../domain/pseudonym.ts'
import type { UserId } from '../domain/user.ts'
import { fromItem, toItem, toKey } from './items.ts'
import { pseudonymisationKey } from './keys.ts'

/**
 * Creates access to the pseudonymisings that are under way. The record is the only place that says whose a pseudonym is,
 * and is gone when all is done. Both reject as `DynamoDB` does.
 */
export function createPseudonymisations({ client, tableName: TableName }: Table) {
  return {
    async storePseudonymisation(
      { tenant, user, pseudonym, requestedAt }: UserId & Pseudonymisation,
      signal: AbortSignal,
    ): Promise<void> {
      const input = {
        TableName,
        Key: toKey(pseudonymisationKey({ tenant, user })),
        UpdateExpression: 'SET requestedAt = :requestedAt, pseudonym = if_not_exists(pseudonym, :pseudonym)',
        ExpressionAttributeValues: toItem({ ':requestedAt': requestedAt, ':pseudonym': pseudonym }),
      }
      await client.send(new UpdateItemCommand(input), { signal })
    },
    async readPseudonymisation(id: UserId, signal: AbortSignal): Promise<Pseudonymisation | undefined> {
      const input = { TableName, Key: toKey(pseudonymisationKey(id)), ConsistentRead: true }
      const { Item } = await client.send(new GetItemCommand(input), { signal })
      return Item && fromItem<Pseudonymisation>(Item).value
    },
  }
}
