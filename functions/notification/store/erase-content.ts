import type { Clock } from '../../shared/clock.ts'
import { conditionalWrite } from '../../shared/data/conditional-write.ts'
import { moved } from '../domain/moves.ts'
import type { Notification } from '../domain/notification.ts'
import { isOpen } from '../domain/status.ts'
import type { EraseTaskDeps } from '../people/erase.ts'
import type { InboxOptions } from './inbox-write.ts'
import { toKey } from './items.ts'
import { notificationKey } from './keys.ts'
import { createRemoveFromInbox } from './remove-from-inbox.ts'
import { createRevise, type ReviseOptions } from './revise.ts'

/**
 * Creates the erasure of what a notification says and where it went. What became of it stays for its 30 days, without
 * the person. It rejects as `DynamoDB` does.
 */
export function createEraseContent(
  options: ReviseOptions & InboxOptions & { now: Clock },
): EraseTaskDeps<unknown>['eraseContent'] {
  const { client, tableName: TableName, now } = options
  const revise = createRevise(options)
  const { removeOne } = createRemoveFromInbox(options)

  return async ({ tenant, id, userId }, signal) => {
    await removeOne({ tenant, userId, notificationId: id }, signal)
    const seen = await revise(
      {
        id: { tenant, id },
        decide({ notification, channels }) {
          const known = channels.filter(
            (each) => !isOpen(each.status) && each.deliveries.some(({ address }) => address),
          )
          const erased = known.map((channel) => {
            const deliveries = channel.deliveries.map((each) => ({ ...each, address: '' }))
            return moved(channel, { at: now(), set: { deliveries } })
          })
          const result = { notification, isDone: channels.every(({ status }) => !isOpen(status)) }
          return { changes: erased.length === 0 ? null : { channels: erased }, result }
        },
      },
      signal,
    )
    if (!seen?.isDone) return seen === undefined
    const input = {
      TableName,
      Key: toKey(notificationKey({ tenant, id })),
      UpdateExpression: 'SET json = :json',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeValues: { ':json': { S: JSON.stringify(withoutContent(seen.notification)) } },
    }
    await conditionalWrite(client, { operation: 'UpdateItem', input }, { signal })
    return true
  }
}

function withoutContent(notification: Notification): Notification {
  const { source } = notification
  return { ...notification, data: {}, source: 'content' in source ? { content: { text: '' } } : source }
}
