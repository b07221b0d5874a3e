import type { UpdateItemInput } from '@aws-sdk/client-dynamodb'
import type { Clock } from '../../shared/clock.ts'
import { conditionalWrite } from '../../shared/data/conditional-write.ts'
import type { Item, Table } from '../../shared/data/table.ts'
import { moved } from '../domain/moves.ts'
import type { ChannelState, Notification, NotificationId } from '../domain/notification.ts'
import { isOpen, isUnclaimed } from '../domain/status.ts'
import type { EraseTaskDeps } from '../people/erase.ts'
import type { UserId } from '../people/preferences.ts'
import type { InboxOptions } from './inbox-write.ts'
import { toKey } from './items.ts'
import { type Key, notificationKey, summaryKey } from './keys.ts'
import { createRemoveFromInbox } from './remove-from-inbox.ts'
import { createRevise, type ReviseOptions } from './revise.ts'
import type { StandingOptions } from './standing.ts'
import { createForgetAddress } from './suppressions.ts'

/**
 * Creates the erasure of what a notification says and where it went. What became of it stays for its 30 days, without
 * the person. It rejects as `DynamoDB` does.
 */
export function createEraseContent(
  options: ReviseOptions & InboxOptions & StandingOptions,
): EraseTaskDeps<unknown>['eraseContent'] {
  const withoutAddresses = createWithoutAddresses(options)
  const forget = createForget(options)
  const revise = createRevise(options)
  const { removeOne } = createRemoveFromInbox(options)

  /**
   * Erases where a notification went, and its item in the inbox. Returns what else there is to erase; `undefined` if the
   * notification is not there.
   */
  async function eraseAddresses({ tenant, id, userId }: NotificationId & UserId, signal: AbortSignal) {
    const seen = await revise(
      {
        id: { tenant, id },
        async decide({ notification, channels }) {
          const known = channels.filter(
            (each) => !isOpen(each.status) && each.deliveries.some(({ address }) => address),
          )
          const erased = await Promise.all(known.map((channel) => withoutAddresses(tenant, channel, signal)))
          // A digest that nobody has claimed holds nothing, and is sent without items that were cancelled.
          const isDone = channels.every((each) => !isOpen(each.status) || (notification.isDigest && isUntouched(each)))
          const hasEnded = channels.every(({ status }) => !isOpen(status))
          const digestIds = channels.flatMap(({ digestId }) => digestId ?? [])
          return {
            changes: erased.length === 0 ? null : { channels: erased },
            result: { notification, isDone, hasEnded, digestIds },
          }
        },
      },
      signal,
    )
    // The inbox comes second: a worker adds to it before it ends the channel, so nothing is added once that was seen.
    await removeOne({ tenant, userId, notificationId: id }, signal)
    return seen
  }

  return async ({ tenant, id, userId }, signal) => {
    const seen = await eraseAddresses({ tenant, id, userId }, signal)
    if (!seen) return true
    const digests = await Promise.all(
      seen.digestIds.map((digestId) => eraseAddresses({ tenant, id: digestId, userId }, signal)),
    )
    if (![seen, ...digests].every((each) => each?.isDone ?? true)) return false
    // An open digest may still gather for a later user with the same id.
    for (const each of [...digests, seen]) if (each?.hasEnded) await forget(each.notification, signal)
    return true
  }
}

/**
 * Returns a channel with the hashes of its addresses in place of them. The texts of their suppressions go before: a
 * repetition still knows the addresses until then. An item of an inbox has only its user for an address, whom nobody
 * suppresses.
 */
function createWithoutAddresses(options: StandingOptions & { now: Clock }) {
  const forgetAddress = createForgetAddress(options)
  return async (tenant: string, channel: ChannelState, signal: AbortSignal): Promise<ChannelState> => {
    const deliveries = channel.deliveries.map(async (each) => {
      if (channel.channel === 'inapp') return { ...each, address: '' }
      const of = { tenant, channel: channel.channel, address: each.address }
      return { ...each, address: '', addressHash: await forgetAddress(of, signal) }
    })
    return moved(channel, { at: options.now(), set: { deliveries: await Promise.all(deliveries) } })
  }
}

/** Erases data and texts, for whom they were, and the sender's reference: no list of the user has it any more. */
function createForget({ client, tableName: TableName }: Table) {
  return async (notification: Notification, signal: AbortSignal): Promise<void> => {
    const { source } = notification
    const content = 'content' in source ? { content: { text: '' } } : source
    const json = JSON.stringify({ ...notification, to: {}, data: {}, reference: null, source: content })
    const update = (
      key: Key,
      change: Pick<UpdateItemInput, 'UpdateExpression' | 'ExpressionAttributeNames'>,
      values: Item,
    ) => {
      const condition = { ConditionExpression: 'attribute_exists(pk)', ExpressionAttributeValues: values }
      const input = { TableName, Key: toKey(key), ...change, ...condition }
      return conditionalWrite(client, { operation: 'UpdateItem', input }, { signal })
    }
    await update(notificationKey(notification), { UpdateExpression: 'SET json = :json' }, { ':json': { S: json } })
    const unlisted = {
      // With its revision, so that a receipt at this moment reads it again before it writes it.
      UpdateExpression: 'SET #reference = :none REMOVE userId, listedFor ADD revision :one',
      ExpressionAttributeNames: { '#reference': 'reference' },
    }
    await update(summaryKey(notification), unlisted, { ':none': { NULL: true }, ':one': { N: '1' } })
  }
}

function isUntouched({ status, attempts }: ChannelState): boolean {
  return isUnclaimed(status) && attempts === 0
}
