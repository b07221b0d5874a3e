import { normalAddress } from './address.ts'
import type { Channel } from './channel.ts'
import type { ChannelState, Notification, NotificationId, Recipient, TemplateVersion, Tracked } from './notification.ts'

/** The notifications that gather in one window: those of one recipient, category, channel and `digestKey`. */
export interface DigestScope {
  readonly tenant: string
  /** A user; of several addresses, the one of the channel counts. */
  readonly to: Recipient
  readonly category: string
  readonly channel: Channel
  readonly digestKey: string | null
}

/** The newest window of a scope, whether it is open or not. */
export interface Window {
  readonly digestId: string
  /** Absent once it was deleted. */
  readonly digest: Tracked | undefined
}

/** Reads the newest window of a scope, consistently; `undefined` if there never was one, or it ended long ago. */
export type ReadWindow = (scope: DigestScope, signal: AbortSignal) => Promise<Window | undefined>

/** An item's part in a window, which is written together with the item's own move. */
export type Join =
  /** It opens one: the digest is new. `after`: the window before it, if there was one. */
  | { readonly kind: 'opens'; readonly scope: DigestScope; readonly digest: Tracked; readonly after: string | null }
  /**
   * It joins one, on condition that it is open and has room: others may have joined since it was `seen`. `wakeAt`: it is
   * the last of `maxItems`, so that the window closes now.
   */
  | {
      readonly kind: 'joins'
      readonly item: string
      readonly digest: NotificationId
      readonly seen: ChannelState
      readonly maxItems: number
      readonly wakeAt: number | null
    }

/**
 * The leave of an item that was claimed for a try of its digest. It is a write to the digest, too, on condition that
 * nobody has claimed the digest since it was `seen`: then either the item is in what is sent, or it leaves.
 */
export interface Leave {
  readonly digest: NotificationId
  readonly seen: ChannelState
}

/** Returns the scope in which a channel of a notification gathers. */
export function scopeOf({ tenant, to, category, digestKey }: Notification, channel: Channel): DigestScope {
  return { tenant, to, category, channel, digestKey }
}

/** Returns a text by which scopes are the same, or not: addresses are compared in their normal form. */
export function nameOf({ to, category, channel, digestKey }: DigestScope): string {
  return JSON.stringify([...subjectOf(to, channel), category, channel, digestKey])
}

function subjectOf(to: Recipient, channel: Channel): readonly [kind: string, name: string] {
  if ('userId' in to) return ['user', to.userId]
  const address = { email: to.email, sms: to.phone, webhook: to.webhookUrl, push: null, inapp: null }[channel]
  return ['address', normalAddress(channel, address ?? '')]
}

/** Returns the template that a window's items share. @throws Error for what is no digest. */
export function templateOf({ notification: { source } }: Tracked): TemplateVersion {
  if ('content' in source) throw new Error('A digest has a template')
  return source.template
}
