import { digestData, gatheringOf } from '../domain/digest.ts'
import type { ChannelState, Notification, NotificationId, Tracked } from '../domain/notification.ts'
import { isOpen } from '../domain/status.ts'
import { byAcceptance } from './gather.ts'

type Read = (id: NotificationId, signal: AbortSignal) => Promise<Tracked | undefined>

const AT_ONCE = 20

/**
 * Returns a notification with the data that its webhook was sent with: its own, or those of a digest's items, which are
 * fixed by the first try; `undefined` if an item was deleted.
 */
export async function readSent(tracked: Tracked, read: Read, signal: AbortSignal): Promise<Notification | undefined> {
  const { notification } = tracked
  if (!notification.isDigest) return notification
  const { items, channel, status } = gatheringOf(tracked)
  const { tenant } = notification
  const found: (Tracked | undefined)[] = []
  for (let from = 0; from < items.length; from += AT_ONCE) {
    const some = items.slice(from, from + AT_ONCE).map((id) => read({ tenant, id }, signal))
    found.push(...(await Promise.all(some)))
  }
  const known = found.filter((each) => each !== undefined)
  if (known.length < items.length) return undefined
  const wasIn = (one: ChannelState) => one.attempts > 0 && (isOpen(one.status) || one.status === status)
  const sent = known.filter(({ channels }) => channels.some((one) => one.channel === channel && wasIn(one)))
  return { ...notification, data: digestData(sent.map((each) => each.notification).sort(byAcceptance)) }
}
