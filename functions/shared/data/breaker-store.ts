import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import type { Clock } from '../clock.ts'
import type { OutboxEntry } from '../events/outbox-entry.ts'
import { entryUpdate } from '../events/outbox-entry.ts'
import { type FleetBreakerStore, type FleetState, NEVER_OPENED } from '../resilience/fleet-breaker.ts'
import { conditionalWrite } from './conditional-write.ts'
import type { Item, Table } from './table.ts'

export interface BreakerStoreOptions extends Table {
  /** Returns a random id for a change. */
  newOperationId: () => string
  /** Makes the outbox entry of a change; `undefined` if it has no event. @default no change has one */
  entryOf?: (change: { name: string; from: FleetState; to: FleetState; operationId: string }) => OutboxEntry | undefined
  now: Clock
}

/** A state ends so long after its last change; a breaker without one is closed. */
const KEPT_SECONDS = 90 * 24 * 60 * 60

/**
 * Creates the store of fleet-wide breakers, in the system's own table: `pk = K#<name>`, `sk = breaker`, with the breaker's
 * `name`. All methods reject as `DynamoDB` does.
 */
export function createBreakerStore({ client, tableName, ...options }: BreakerStoreOptions): FleetBreakerStore {
  const { newOperationId, entryOf, now } = options
  return {
    async read(name, signal) {
      const command = new GetItemCommand({ TableName: tableName, Key: keyOf(name), ConsistentRead: true })
      const { Item } = await client.send(command, { signal })
      return toState(Item)
    },
    async move({ name, from, to }, signal) {
      const operationId = newOperationId()
      const entry = entryOf?.({ name, from, to, operationId })
      const event = entry && entryUpdate(entry)
      const sets = [
        '#name = :name, kind = :kind, #until = :until, version = :version, operationId = :operation, #ttl = :ttl',
        ...(event ? [event.set] : []),
      ]
      const input = {
        TableName: tableName,
        Key: keyOf(name),
        ConditionExpression: from.version === 0 ? 'attribute_not_exists(pk)' : 'version = :from',
        UpdateExpression: `SET ${sets.join(', ')}`,
        ExpressionAttributeNames: { '#name': 'name', '#until': 'until', '#ttl': 'ttl', ...event?.names },
        ExpressionAttributeValues: {
          ':name': { S: name },
          ':kind': { S: to.kind },
          ':until': { N: String(to.until) },
          ':version': { N: String(to.version) },
          ':operation': { S: operationId },
          ':ttl': { N: String(Math.ceil(now() / 1000) + KEPT_SECONDS) },
          ...(from.version > 0 && { ':from': { N: String(from.version) } }),
          ...event?.values,
        },
      }
      const { item } = await conditionalWrite(client, { operation: 'UpdateItem', input }, { signal })
      // This write made the change, or its own first try did, whose answer was lost.
      return { isOurs: item?.operationId?.S === operationId, state: toState(item) }
    },
  }
}

function keyOf(name: string): Item {
  return { pk: { S: `K#${name}` }, sk: { S: 'breaker' } }
}

function toState(item: Item | undefined): FleetState {
  if (!item) return NEVER_OPENED
  const { kind, until, version } = item
  return { kind: kind?.S as FleetState['kind'], until: Number(until?.N), version: Number(version?.N) }
}
