import type { InboxItem } from '../domain/inbox.ts'
import type { PushLive } from '../domain/live.ts'
import type { OutgoingMessage, Provider } from '../domain/provider.ts'
import type { ReadInbox } from './list-inbox.ts'
import { inboxItemView } from './view.ts'

/** Puts a notification into the inbox of a user, once however often it is asked. */
export type AddToInbox = (
  entry: {
    readonly tenant: string
    readonly userId: string
    readonly notificationId: string
    readonly title: string
    readonly body: string
    readonly url: string | null
    readonly category: string
  },
  signal: AbortSignal,
) => Promise<{ readonly id: string /** Absent if it was there before. */; readonly item?: InboxItem }>

export interface InboxProviderOptions {
  add: AddToInbox
  readHead: ReadInbox['head']
  push: PushLive
  onFailure: (error: unknown) => void
}

/** Creates the provider of inboxes. A message's address is its user. */
export function createInboxProvider({ add, readHead, push, onFailure }: InboxProviderOptions): Provider {
  /** Pushes a new item to the user's live connections. It never rejects. */
  async function pushItem(
    user: { tenant: string; userId: string },
    item: InboxItem,
    signal: AbortSignal,
  ): Promise<void> {
    const { unseen, unread } = await readHead(user, signal)
    const frames = [
      { t: 'inbox', item: inboxItemView(item) },
      { t: 'count', unseen, unread },
    ]
    await push(user, frames, signal)
  }

  return {
    name: 'inbox',
    channel: 'inapp',
    role: 'primary',
    idempotent: true,
    async send(message, signal) {
      try {
        const { id, item } = await add(entryOf(message), signal)
        if (item) await pushItem({ tenant: message.tenant, userId: message.address }, item, signal).catch(onFailure)
        return { outcome: 'delivered', providerId: id }
      } catch (error) {
        onFailure(error)
        return { outcome: 'unknown', reason: 'inbox-unreachable' }
      }
    },
  }
}

function entryOf({ tenant, address, notificationId, category, parts }: OutgoingMessage) {
  const { title = '', body = '', url = null } = parts
  return { tenant, userId: address, notificationId, category, title, body, url }
}
