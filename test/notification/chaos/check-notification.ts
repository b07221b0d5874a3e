import { IN_DOUBT } from '../../../functions/notification/deliver/settle.ts'
import type { Channel } from '../../../functions/notification/domain/channel.ts'
import type { ChannelState, Tracked } from '../../../functions/notification/domain/notification.ts'
import { isOpen, overallStatus, type Status } from '../../../functions/notification/domain/status.ts'
import { problemsOfItem } from './check-digest.ts'
import { isSentOnce } from './news.ts'

/** The end of a notification, as its sender, its recipient and the table see it. */
export interface Outcome {
  /** Absent if it is not there. */
  readonly tracked: Tracked | undefined
  /** True if its sender was told that it was accepted. */
  readonly isAccepted: boolean
  /** The statuses that a cancellation told, if one was answered. */
  readonly cancelled: Partial<Record<Channel, Status>> | undefined
  /** The messages of a channel that the provider really sent for it, not for a digest that it is in. */
  readonly sentOf: (channel: Channel) => number
  /** The digest that it is in; absent for one that is sent by itself. */
  readonly digest: Tracked | undefined
  /** The digest of each message that had it in its text. */
  readonly carriers: readonly string[]
}

/** Returns what is wrong with the end of a notification. */
export function problemsOf({ tracked, isAccepted, cancelled, sentOf, digest, carriers }: Outcome): string[] {
  if (!tracked) return isAccepted ? ['It was accepted, and is not there'] : []
  const { notification, summary, channels } = tracked
  const about = channels.map((channel) => {
    const of = digest?.channels[0]
    return of
      ? { channel, sent: carriers.length, timeline: of.timeline }
      : { channel, sent: sentOf(channel.channel), timeline: channel.timeline }
  })
  const statuses = channels.map(({ status }) => status)
  const problems = about.flatMap((one) => problemsOfChannel(one, notification.category))
  if (digest) problems.push(...channels.flatMap((item) => problemsOfItem({ item, digest, carriers })))
  if (summary.status !== overallStatus(statuses)) problems.push(`The whole is ${summary.status} of ${statuses}`)
  for (const [name, told] of Object.entries(cancelled ?? {})) {
    const status = channels.find(({ channel }) => channel === name)?.status
    if (told === 'cancelled' && status !== 'cancelled')
      problems.push(`${name} was told to be cancelled, and is ${status}`)
  }
  return problems.map((problem) => `${notification.id}: ${problem}`)
}

interface About {
  readonly channel: ChannelState
  readonly sent: number
  /** The channel's own, or that of the digest that it is in. */
  readonly timeline: ChannelState['timeline']
}

function problemsOfChannel({ channel, sent, timeline }: About, category: string): string[] {
  const { status, reason } = channel
  const name = channel.channel
  if (isOpen(status)) return [`${name} is still ${status}`]
  const problems: string[] = []
  if (status === 'cancelled' && sent > 0) problems.push(`${name} was both sent and cancelled`)
  if (['delivered', 'sent', 'unconfirmed'].includes(status) && sent === 0)
    problems.push(`${name} is ${status}, and was not sent`)
  if (reason === 'no-such-address' && sent > doubtsOf(timeline)) problems.push(`${name} was refused, and was sent`)
  // Each message beyond the first has a line that says that nobody knew of one before it.
  const allowed = isSentOnce(category) ? 1 : 1 + doubtsOf(timeline)
  if (sent > allowed) problems.push(`${name} was sent ${sent} times, and ${allowed} can be explained`)
  return problems
}

function doubtsOf(timeline: ChannelState['timeline']): number {
  return timeline.filter(({ detail }) => detail?.startsWith(IN_DOUBT)).length
}
