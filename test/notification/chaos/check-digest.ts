import type { ChannelState, Tracked } from '../../../functions/notification/domain/notification.ts'
import { isOpen } from '../../../functions/notification/domain/status.ts'
import { NEWS_RULE } from './news.ts'

/** An item of a digest, with the messages that carried it. */
export interface Carried {
  readonly item: ChannelState
  readonly digest: Tracked
  /** The digest of each message that had the item in its text. */
  readonly carriers: readonly string[]
}

/** Returns what is wrong with an item, beside what may be wrong with any channel. */
export function problemsOfItem({ item, digest, carriers }: Carried): string[] {
  const [channel] = digest.channels
  const { id } = digest.notification
  const problems: string[] = []
  if (carriers.some((carrier) => carrier !== id)) problems.push(`It is in ${id}, and was sent with ${carriers}`)
  const wentAlone = item.status === 'cancelled' || item.status === 'expired'
  if (channel && item.status !== channel.status && !wentAlone) {
    problems.push(`It is ${item.status}, and its digest ${channel.status}`)
  }
  const isInDoubt = item.reason === 'uncertain'
  if (item.status === 'expired' && carriers.length > 0 && !isInDoubt) problems.push('It was sent, and has expired')
  return problems
}

/** Returns what is wrong with a digest, beside what may be wrong with any notification. */
export function problemsOfDigest({ notification, channels: [channel] }: Tracked): string[] {
  const { items = [], timeline = [], news } = channel ?? {}
  const problems: string[] = []
  if (items.length > NEWS_RULE.maxItems) problems.push(`It has ${items.length} items`)
  if (new Set(items).size !== items.length) problems.push('It has an item twice')
  const closings = timeline.filter(({ event }) => event === 'closed').length
  if (channel && !isOpen(channel.status) && closings !== 1) problems.push(`Its window closed ${closings} times`)
  if (news) problems.push('Its items have not learned of its end')
  return problems.map((problem) => `Digest ${notification.id}: ${problem}`)
}
