import type { OutgoingMessage, Provider } from '../domain/provider.ts'

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
) => Promise<{ readonly id: string }>

/** Creates the provider of inboxes. A message's address is its user. */
export function createInboxProvider({
  add,
  onFailure,
}: {
  add: AddToInbox
  onFailure: (error: unknown) => void
}): Provider {
  return {
    name: 'inbox',
    channel: 'inapp',
    role: 'primary',
    idempotent: true,
    async send(message, signal) {
      try {
        return { outcome: 'delivered', providerId: (await add(entryOf(message), signal)).id }
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
