import { randomUUID } from 'node:crypto'
import { QueryCommand } from '@aws-sdk/client-dynamodb'
import { createCancel } from '../../../functions/notification/cancel/cancel.ts'
import type { NotificationId, Tracked } from '../../../functions/notification/domain/notification.ts'
import { createReadNotification } from '../../../functions/notification/store/read-notification.ts'
import { createRevise } from '../../../functions/notification/store/revise.ts'
import { createStoreNotification } from '../../../functions/notification/store/store-notification.ts'
import { startTimer } from '../../../functions/shared/resilience/timer.ts'
import { newTenant, patientDynamoDB, setFunctionEnvironment } from '../../support/cloud.ts'
import { ownTable } from '../../support/own-table.ts'
import { aNotification, CAUSE } from '../notifications.ts'

const { signal } = new AbortController()

/** A table of its own, with what notifications are made of. */
export async function notificationTable() {
  setFunctionEnvironment()
  const table = { client: patientDynamoDB(), tableName: await ownTable('Notification') }
  const options = { ...table, now: Date.now, random: Math.random, startTimer, newId: randomUUID }
  const store = createStoreNotification(options)
  const revise = createRevise(options)
  const cancel = createCancel({ revise, now: Date.now })
  return {
    ...options,
    table,
    store,
    revise,
    read: createReadNotification(table),
    cancel: (id: NotificationId) => cancel({ id, cause: CAUSE }, signal),
    /** Stores a new notification. */
    async stored(given: Parameters<typeof aNotification>[0] = {}): Promise<Tracked> {
      const tracked = aNotification({ tenant: newTenant(), id: randomUUID(), now: Date.now(), ...given })
      expect(await store(tracked, signal)).toEqual({ outcome: 'stored' })
      return tracked
    },
    /** Reads all items of a partition. */
    async itemsOf(pk: string) {
      const input = {
        TableName: table.tableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: pk } },
        ConsistentRead: true,
      }
      return (await table.client.send(new QueryCommand(input), { signal })).Items ?? []
    },
  }
}
