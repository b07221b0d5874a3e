import { moved } from '../domain/moves.ts'
import type { ChannelState, Claim, Delivery } from '../domain/notification.ts'
import { isOpen } from '../domain/status.ts'
import type { Judgement } from './judge.ts'
import type { Address } from './targets.ts'

/** Returns the addresses that are still to be sent to: those that no delivery has reached yet, or that are tried again. */
export function addressesLeft<Any extends Address>({ deliveries }: ChannelState, addresses: readonly Any[]): Any[] {
  const isDone = ({ status, acceptedAt }: Delivery) => !isOpen(status) || acceptedAt !== null
  const done = new Set(deliveries.filter(isDone).map(({ endpointId }) => endpointId))
  return addresses.filter(({ endpointId }) => !done.has(endpointId))
}

/** Returns a channel that a worker has claimed to send it to these addresses. */
export function claimed(
  channel: ChannelState,
  { targets, rules }: Extract<Judgement, { move: 'send' }>,
  { claim, now }: { claim: Claim; now: number },
): ChannelState {
  const asked = new Set(targets.map(({ endpointId }) => endpointId))
  const kept = channel.deliveries.filter(({ endpointId }) => !asked.has(endpointId))
  const begun = targets.map(({ endpointId, address }) => {
    const earlier = channel.deliveries.find((one) => one.endpointId === endpointId)
    return begin(earlier ?? newDelivery(endpointId), address)
  })
  const attempts = channel.attempts + 1
  return moved(channel, {
    status: 'sending',
    at: now,
    entries: [{ event: 'sending', detail: `Attempt ${attempts}.` }],
    set: { claim, attempts, rules, deliveries: [...kept.map(givenUp), ...begun] },
  })
}

function newDelivery(endpointId: string): Delivery {
  const none = { provider: null, providerId: null, reason: null, nextAt: null, acceptedAt: null }
  return { endpointId, address: '', status: 'sending', attempts: 0, uncertain: false, ...none }
}

function begin(delivery: Delivery, address: string): Delivery {
  return { ...delivery, address, status: 'sending', attempts: delivery.attempts + 1, nextAt: null, reason: null }
}

/** Ends a delivery that waited for another try, and whose address is no more one to send to. */
function givenUp(delivery: Delivery): Delivery {
  if (!isOpen(delivery.status) || delivery.acceptedAt !== null) return delivery
  return { ...delivery, status: 'failed', nextAt: null, reason: delivery.reason ?? 'no-endpoint' }
}
