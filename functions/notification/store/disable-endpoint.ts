import type { TransactWriteItem } from '@aws-sdk/client-dynamodb'
import type { Clock } from '../../shared/clock.ts'
import type { Table } from '../../shared/data/table.ts'
import { transact } from '../../shared/data/transact.ts'
import type { Cause } from '../../shared/events/event.ts'
import { entryUpdate } from '../../shared/events/outbox-entry.ts'
import { createSettle, type SettleOptions } from '../../shared/resilience/settle.ts'
import type { ReadEndpoint, StoredEndpoint } from '../domain/person.ts'
import type { DisableEndpoint } from '../webhooks/send-webhook.ts'
import { toKey } from './items.ts'
import { endpointHealthKey, endpointKey } from './keys.ts'

export interface DisableEndpointOptions extends Table, SettleOptions {
  read: ReadEndpoint
  newId: () => string
  now: Clock
  /** Returns the cause of its event. */
  newCause: () => Cause
}

/** The record of it, of which the event is made, is kept for so long. */
const KEPT_SECONDS = 90 * 24 * 60 * 60

/**
 * Creates what disables an endpoint, in one transaction with its event `notification.endpoint.disabled`.
 *
 * @throws AppError (retryable) when others keep changing the endpoint, and as `DynamoDB` does.
 */
export function createDisableEndpoint(options: DisableEndpointOptions): DisableEndpoint {
  const { client, read, newId, now } = options
  const settle = createSettle(options)
  return async ({ tenant, endpointId, address }, reason, signal) => {
    await settle(async () => {
      const before = await read({ tenant, endpointId }, signal)
      if (!before?.enabled || before.address !== address) return undefined
      const change = { before, reason, operationId: newId(), at: now() }
      const items = [endpointUpdate(change, options), eventUpdate(change, options)]
      const { outcome } = await transact(client, { items, token: change.operationId }, { signal })
      return outcome === 'written' ? undefined : ('raced' as const)
    }, signal)
  }
}

interface Disabling {
  before: StoredEndpoint
  reason: string
  operationId: string
  at: number
}

function endpointUpdate({ before, reason, operationId, at }: Disabling, { tableName }: Table): TransactWriteItem {
  return {
    Update: {
      TableName: tableName,
      Key: toKey(endpointKey(before)),
      ConditionExpression: 'version = :seen',
      UpdateExpression: 'SET enabled = :no, disabledReason = :reason, version = :version, updatedAt = :at',
      ExpressionAttributeValues: {
        ':seen': { S: before.version },
        ':no': { BOOL: false },
        ':reason': { S: reason },
        ':version': { S: operationId },
        ':at': { N: String(at) },
      },
    },
  }
}

function eventUpdate({ before, reason, operationId, at }: Disabling, options: DisableEndpointOptions) {
  const { tenant, id: endpointId, userId, channel } = before
  const time = new Date(at).toISOString()
  const { set, names, values } = entryUpdate({ operationId, type: DISABLED, time, ...options.newCause() })
  return {
    Update: {
      TableName: options.tableName,
      Key: toKey(endpointHealthKey({ tenant, endpointId })),
      UpdateExpression: `SET ${set}, #ttl = :ttl, tenant = :tenant, endpointId = :id, userId = :user, channel = :channel, reason = :reason REMOVE failingSince`,
      ExpressionAttributeNames: { ...names, '#ttl': 'ttl' },
      ExpressionAttributeValues: {
        ...values,
        ':ttl': { N: String(Math.ceil(at / 1000) + KEPT_SECONDS) },
        ':tenant': { S: tenant },
        ':id': { S: endpointId },
        ':user': { S: userId },
        ':channel': { S: channel },
        ':reason': { S: reason },
      },
    },
  }
}

const DISABLED = 'notification.endpoint.disabled'
