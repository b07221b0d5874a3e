import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import { isThrottle } from '../../shared/aws/call-errors.ts'
import { conditionalWrite } from '../../shared/data/conditional-write.ts'
import type { Item, Table } from '../../shared/data/table.ts'
import type { ReadCap, SpendClick } from '../visit/visit-link.ts'
import { CAP, keyOf } from './keys.ts'
import { createLinkReads, type LinkReads } from './reads.ts'

/** The operations of a visit on the table. All reject as `DynamoDB` does. */
export interface VisitStore extends LinkReads {
  spend: SpendClick
  readCap: ReadCap
}

/**
 * The timeout of a count. A count whose response is lost wastes a visit, so this waits longer than the usual second.
 */
const SPEND_MS = 5000

export function createVisitStore(table: Table): VisitStore {
  const { client, tableName } = table
  return {
    ...createLinkReads(table),
    async spend(code, signal) {
      const input = {
        TableName: tableName,
        Key: keyOf(code, CAP),
        UpdateExpression: 'ADD clicks :one',
        ConditionExpression: 'attribute_exists(pk) AND (attribute_not_exists(maxClicks) OR clicks < maxClicks)',
        ExpressionAttributeValues: { ':one': { N: '1' } },
      }
      const written = await conditionalWrite(
        client,
        { operation: 'UpdateItem', input },
        { signal, once: true, onceMs: SPEND_MS },
      ).catch(busyIfThrottled)
      if (written === 'busy') return 'busy'
      const { outcome, item } = written
      if (outcome === 'refused') return item ? 'exhausted' : 'gone'
      return isSpent(item) ? 'last' : 'open'
    },
    async readCap(code, signal) {
      const input = { TableName: tableName, Key: keyOf(code, CAP), ConsistentRead: true }
      const { Item: item } = await client.send(new GetItemCommand(input), { signal })
      if (!item) return 'gone'
      return isSpent(item) ? 'exhausted' : 'open'
    },
  }
}

function busyIfThrottled(error: unknown): 'busy' {
  if (isThrottle(error)) return 'busy'
  throw error
}

/** Checks whether a counter has reached its cap, if it still has one. */
function isSpent(item: Item | undefined): boolean {
  return item?.maxClicks?.N !== undefined && Number(item.clicks?.N) >= Number(item.maxClicks.N)
}
