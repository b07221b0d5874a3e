import type { ChannelState, Tracked } from '../../../functions/notification/domain/notification.ts'
import type { Receipt } from '../../../functions/notification/domain/provider.ts'
import { createHandleReceipt } from '../../../functions/notification/feedback/handle-receipt.ts'
import { aChannel, aDelivery, tracked } from '../notifications.ts'

const { signal } = new AbortController()

const receipt = (kind: Receipt['kind'], more: Partial<Receipt> = {}): Receipt => ({
  ...{ tenant: 'acme', notificationId: 'n1', channel: 'email', endpointId: 'default', kind, at: 1, detail: `${kind}.` },
  ...more,
})
