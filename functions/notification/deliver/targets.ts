import type { Channel } from '../domain/channel.ts'
import type { Notification } from '../domain/notification.ts'
import type { Person } from '../domain/person.ts'

/** An address on a channel, by the endpoint that has it. */
export interface Address {
  readonly endpointId: string
  readonly address: string
}

/** The endpoint of an address that belongs to the notification, or to the user's profile. */
export const DEFAULT_ENDPOINT = 'default'

/**
 * Returns the addresses to which a channel of a notification goes: every enabled endpoint of the user, or the user's own
 * mailbox or number where there is no endpoint; a given address otherwise. The inbox has every user.
 */
export function addressesOf({ to }: Notification, person: Person | undefined, channel: Channel): Address[] {
  if (!('userId' in to)) {
    return own({ email: to.email, sms: to.phone, webhook: to.webhookUrl, push: null, inapp: null }[channel])
  }
  if (channel === 'inapp') return own(to.userId)
  const endpoints = person?.endpoints.filter((endpoint) => endpoint.channel === channel) ?? []
  if (endpoints.length > 0) {
    return endpoints.filter(({ enabled }) => enabled).map(({ id, address }) => ({ endpointId: id, address }))
  }
  if (channel === 'email') return own(person?.email)
  return channel === 'sms' ? own(person?.phone) : []
}

function own(address: string | null | undefined): Address[] {
  return address ? [{ endpointId: DEFAULT_ENDPOINT, address }] : []
}
