import type { ChannelState, Tracked } from '../domain/notification.ts'
import type { Situation } from './judge.ts'

/** Reads what the user did with a notification's item in the inbox. */
export type ReadInboxMarks = (
  of: { readonly tenant: string; readonly userId: string; readonly notificationId: string },
  signal: AbortSignal,
) => Promise<Situation['inbox']>

/** Reads the user's marks, where a channel's step asks for them. A digest may have brought it into the inbox. */
export async function readMarks(
  { notification, channels, channel }: Pick<Tracked, 'notification' | 'channels'> & { channel: ChannelState },
  { readInboxMarks }: { readInboxMarks: ReadInboxMarks },
  signal: AbortSignal,
): Promise<Situation['inbox']> {
  const { tenant, id, to } = notification
  if (channel.unless === null || !('userId' in to)) return { seen: false, read: false }
  const digestId = channels.find((one) => one.channel === 'inapp')?.digestId
  return readInboxMarks({ tenant, userId: to.userId, notificationId: digestId ?? id }, signal)
}
