import { createHash } from 'node:crypto'
import type { Channel } from '../domain/channel.ts'
import type { DocumentId } from '../domain/document.ts'
import type { NotificationId } from '../domain/notification.ts'
import { type DigestScope, nameOf } from '../domain/window.ts'

// Every key of the table but those of shared modules (`I#`: idempotency, `K#`: breakers, `Q`: limits, `W#`: tickets,
// `T#`: timers). A tenant holds no `#`, nor does any name or id, so that no two keys are the same.

/** The primary key of an item, in plain values. */
export interface Key {
  readonly pk: string
  readonly sk: string
}

/** The partition of a notification: what never changes of it, its summary, and its channels. */
export function notificationPk({ tenant, id }: NotificationId): string {
  return `N#${tenant}#${id}`
}

export function notificationKey(id: NotificationId): Key {
  return { pk: notificationPk(id), sk: 'notification' }
}

/** The summary of a notification, which changes with each of its channels. */
export function summaryKey(id: NotificationId): Key {
  return { pk: notificationPk(id), sk: 'summary' }
}

export function channelKey(id: NotificationId, channel: Channel): Key {
  return { pk: notificationPk(id), sk: `${CHANNEL}${channel}` }
}

export const CHANNEL = 'channel#'

/** The partition of a user: profile, preferences, endpoints. */
export function userPk(tenant: string, userId: string): string {
  return `U#${tenant}#${userId}`
}

/** The partition of a user's inbox: items by time, and the counts. */
export function inboxPk(tenant: string, userId: string): string {
  return `B#${tenant}#${userId}`
}

/** An item of an inbox. Its id begins with its time, so that a list is in order. */
export function inboxItemKey(of: { tenant: string; userId: string; id: string }): Key {
  return { pk: inboxPk(of.tenant, of.userId), sk: `${INBOX_ITEM}${of.id}` }
}

export const INBOX_ITEM = 'item#'

/** A notification's item in an inbox, by its id. */
export function inboxEntryKey(of: { tenant: string; userId: string; notificationId: string }): Key {
  return { pk: inboxPk(of.tenant, of.userId), sk: `notification#${of.notificationId}` }
}

export function inboxCountsKey(of: { tenant: string; userId: string }): Key {
  return { pk: inboxPk(of.tenant, of.userId), sk: 'counts' }
}

/** The partition of what the quiet hours of a user held back. */
export function heldPk({ tenant, userId }: { tenant: string; userId: string }): string {
  return `M#${tenant}#${userId}`
}

/** The partition of a user's live connections. */
export function connectionsPk({ tenant, userId }: { tenant: string; userId: string }): string {
  return `C#${tenant}#${userId}`
}

export function connectionKey(of: { tenant: string; userId: string; connectionId: string }): Key {
  return { pk: connectionsPk(of), sk: `${CONNECTION}${of.connectionId}` }
}

export const CONNECTION = 'connection#'

/** The partition of what operators define: categories, templates, mappings, settings. */
export function definitionsPk(tenant: string): string {
  return `G#${tenant}`
}

/** The partition of a template: its newest version, and all of them. */
export function templatePk({ tenant, name }: { tenant: string; name: string }): string {
  return `V#${tenant}#${name}`
}

export const TEMPLATE_HEAD = 'head'

export function templateVersionSk(version: number): string {
  return `version#${version}`
}

/** The parts that one version of a template has in one locale. */
export function templatePartsSk(locale: string, version: number): string {
  return `parts#${locale}#${version}`
}

/** The partition of an address, by its keyed hash: suppressions and unsubscriptions. */
export function addressPk(tenant: string, hash: string): string {
  return `A#${tenant}#${hash}`
}

/** The list of a tenant's suppressions. */
export function suppressionsPk(tenant: string): string {
  return `L#${tenant}`
}

/** The meaning of a token of an unsubscription. The table holds only its hash: whoever reads it can't use it. */
export function unsubscribeTokenKey(token: string): Key {
  return { pk: `Y#${createHash('sha256').update(token).digest('base64url')}`, sk: 'token' }
}

/** The user who has an endpoint. */
export function endpointOwnerKey({ tenant, endpointId }: { tenant: string; endpointId: string }): Key {
  return { pk: `E#${tenant}#${endpointId}`, sk: 'owner' }
}

/** The failures of a webhook, and the event that it was disabled. */
export function endpointHealthKey({ tenant, endpointId }: { tenant: string; endpointId: string }): Key {
  return { pk: `E#${tenant}#${endpointId}`, sk: 'health' }
}

export function endpointKey(of: { tenant: string; userId: string; id: string }): Key {
  return { pk: userPk(of.tenant, of.userId), sk: `${ENDPOINT}${of.id}` }
}

export const ENDPOINT = 'endpoint#'

/** The number of a user's endpoints. */
export function endpointCountKey({ tenant, userId }: { tenant: string; userId: string }): Key {
  return { pk: userPk(tenant, userId), sk: 'endpoints' }
}

/** The key of the hashes of a tenant's addresses. */
export function addressSecretKey(tenant: string): Key {
  return { pk: definitionsPk(tenant), sk: 'address-key' }
}

export const SUPPRESSION = 'suppression#'
export const UNSUBSCRIBED = 'unsubscribed#'

/** The counts against the throttle of a category. Its subject may be an address, of which a hash is enough. */
export function throttleKey(of: { tenant: string; subject: string; category: string }): Key {
  const subject = createHash('sha256').update(of.subject).digest('base64url')
  return { pk: `H#${of.tenant}#${subject}`, sk: `throttle#${of.category}` }
}

/** The partition of a topic: its subscribers. */
export function topicPk(tenant: string, topic: string): string {
  return `S#${tenant}#${topic}`
}

export function subscriberKey({ tenant, topic, user }: { tenant: string; topic: string; user: string }): Key {
  return { pk: topicPk(tenant, topic), sk: `${SUBSCRIBER}${user}` }
}

export const SUBSCRIBER = 'subscriber#'

/**
 * The partition of the topics to which a user subscribes, by which the erasure of the user finds them. It is not the
 * user's own, which is read for each notification.
 */
export function userTopicsPk({ tenant, userId }: { tenant: string; userId: string }): string {
  return `F#${tenant}#${userId}`
}

export function userTopicKey({ tenant, topic, user }: { tenant: string; topic: string; user: string }): Key {
  return { pk: userTopicsPk({ tenant, userId: user }), sk: topic }
}

/** The place of a broadcast: how far it is. */
export function broadcastKey({ tenant, id }: { tenant: string; id: string }): Key {
  return { pk: `P#${tenant}#${id}`, sk: BROADCAST }
}

export const BROADCAST = 'broadcast'

/** The message of a broadcast. */
export function broadcastMessageKey(id: { tenant: string; id: string }): Key {
  return { pk: broadcastKey(id).pk, sk: 'message' }
}

/** A share of the counts of what became of a broadcast's notifications. */
export function outcomesKey({ tenant, id }: { tenant: string; id: string }, shard: number): Key {
  return { pk: `P#${tenant}#${id}#${shard}`, sk: 'outcomes' }
}

/** The newest window of a digest. Its scope may have an address and any text, of which a hash is enough. */
export function windowKey(scope: DigestScope): Key {
  const name = createHash('sha256').update(nameOf(scope)).digest('base64url')
  return { pk: `D#${scope.tenant}#${name}`, sk: 'window' }
}

/** The partition of what the local outbox keeps for one address. */
export function outboxPk(tenant: string, address: string): string {
  return `O#${tenant}#${address}`
}

/** Builds the key of a category, of a tenant's settings, or of what a user has once. */
export function documentKey(id: DocumentId): Key {
  switch (id.kind) {
    case 'category':
      return { pk: definitionsPk(id.tenant), sk: `${CATEGORY}${id.name}` }
    case 'mapping':
      return { pk: definitionsPk(id.tenant), sk: `mapping#${id.name}` }
    case 'settings':
      return { pk: definitionsPk(id.tenant), sk: 'settings' }
    default:
      return { pk: userPk(id.tenant, id.userId), sk: id.kind }
  }
}

export const CATEGORY = 'category#'
