import type { OutgoingMessage, Provider } from '../domain/provider.ts'

/**
 * Returns the name of the breaker that a call counts for: the provider's, or the receiver's for a webhook, since each
 * fails by itself. Neither a tenant nor an endpoint holds a slash.
 */
export function breakerNameOf({ name, channel }: Pick<Provider, 'name' | 'channel'>, message: OutgoingMessage): string {
  if (channel !== 'webhook') return name
  const { tenant, endpointId, address } = message
  return `${name}/${tenant}/${endpointId}/${hostOf(address)}`
}

/** Checks that a breaker is that of a provider, and not of one webhook. */
export function isOfProvider(breaker: string): boolean {
  return !breaker.includes('/')
}

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : ''
}
