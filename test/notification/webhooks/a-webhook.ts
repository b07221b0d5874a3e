import type { StoredEndpoint } from '../../../functions/notification/domain/person.ts'
import type { OutgoingMessage } from '../../../functions/notification/domain/provider.ts'

/** Secrets whose bytes count up. */
export const [SECRET, OLD_SECRET, OTHER_SECRET] = [0, 100, 200].map(
  (first) => `whsec_${Buffer.from(Array.from({ length: 32 }, (_, index) => first + index)).toString('base64')}`,
) as [string, string, string]

export function anEndpoint(more: Partial<StoredEndpoint> = {}): StoredEndpoint {
  return {
    tenant: 'acme',
    userId: 'ann',
    id: 'orders',
    channel: 'webhook',
    address: 'https://example.com/hooks',
    enabled: true,
    disabledReason: null,
    secrets: [{ secret: SECRET, until: null }],
    version: 'v1',
    updatedAt: 0,
    ...more,
  }
}

export function aWebhook(more: Partial<OutgoingMessage> = {}): OutgoingMessage {
  return {
    tenant: 'acme',
    notificationId: 'n1',
    endpointId: 'orders',
    channel: 'webhook',
    category: 'orders',
    priority: 'normal',
    address: 'https://example.com/hooks',
    parts: { body: '{"type":"orders","data":{"ü":"☃"}}' },
    headers: {},
    idempotencyKey: 'n1/webhook/orders',
    ...more,
  }
}
