import type { PushClient } from '../../shared/aws/push.ts'
import type { OutgoingMessage, SendResult } from '../domain/provider.ts'
import { toResult } from './to-result.ts'

export interface PushProviderOptions {
  client: PushClient
  /** ARNs of platform applications, by the names that addresses begin with. */
  applications: Readonly<Record<string, string>>
}

/**
 * Creates the sending of push messages. An address is the ARN of a platform endpoint, or a device's token behind the name
 * of its application, as in `fcm:<token>`. SNS sends no receipts.
 */
export function createPushProvider({ client, applications }: PushProviderOptions) {
  return {
    async send({ address, parts }: OutgoingMessage, signal: AbortSignal): Promise<SendResult> {
      const found = await endpointOf(address, { client, applications, signal })
      if (found.outcome !== 'found') return found
      const { title = '', body = '' } = parts
      return toResult(await client.send({ endpoint: found.endpoint, title, body }, signal), false)
    },
  }
}

type Found = { readonly outcome: 'found'; readonly endpoint: string }

async function endpointOf(
  address: string,
  { client, applications, signal }: PushProviderOptions & { signal: AbortSignal },
): Promise<Found | Exclude<SendResult, { outcome: 'accepted' | 'delivered' }>> {
  if (address.startsWith('arn:')) return { outcome: 'found', endpoint: address }
  const [name = '', ...token] = address.split(':')
  const application = Object.hasOwn(applications, name) ? applications[name] : undefined
  if (!application) return { outcome: 'refused', reason: 'unknown-application', gone: false }
  return client.endpointOf({ application, token: token.join(':') }, signal)
}
