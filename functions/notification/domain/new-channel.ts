import type { Channel } from './channel.ts'
import type { ChannelState } from './notification.ts'

/** Builds a channel that nothing has happened to but that it waits until it is due. Times are in ms since the epoch. */
export function newChannel(
  channel: Channel,
  { dueAt, now, unless = null }: { dueAt: number; now: number; unless?: ChannelState['unless'] },
): ChannelState {
  const status = dueAt > now ? 'scheduled' : 'accepted'
  const until = { event: 'scheduled', detail: `Until ${new Date(dueAt).toISOString()}.` }
  return {
    channel,
    status,
    dueAt,
    firstDueAt: dueAt,
    unless,
    turn: 1,
    attempts: 0,
    provider: null,
    reason: null,
    at: now,
    claim: null,
    deliveries: [],
    rules: [],
    digestId: null,
    timeline: status === 'scheduled' ? [{ at: now, channel, ...until }] : [],
  }
}
