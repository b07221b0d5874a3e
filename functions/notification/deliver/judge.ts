import type { Category, Throttled } from '../domain/category.ts'
import { type Channel, DISTURBING } from '../domain/channel.ts'
import type { Evaluation, Rule } from '../domain/evaluation.ts'
import type { ChannelState, Notification, Summary } from '../domain/notification.ts'
import type { AddressStanding, Person } from '../domain/person.ts'
import type { Gathering } from './read-gathering.ts'

/** An address to which a channel is sent, with its standing. */
export interface Target {
  readonly endpointId: string
  readonly address: string
  readonly standing: AddressStanding
}

/** All that decides whether a channel is sent, as it is now. */
export interface Situation {
  readonly now: number
  readonly notification: Notification
  readonly channel: ChannelState
  /** The statuses of all channels of the notification. */
  readonly statuses: Summary['channels']
  /** Absent if it was deleted. */
  readonly category: Category | undefined
  /** Absent if the notification is for an address, or nothing is known of the user. */
  readonly person: Person | undefined
  readonly targets: readonly Target[]
  /** The user's marks on the notification's item in the inbox. */
  readonly inbox: { readonly seen: boolean; readonly read: boolean }
  /** The end of the quiet hours in which `now` is; `null` outside of them. */
  readonly quietUntil: number | null
  /** `null` as long as it was not asked: only what passes all other rules is counted. */
  readonly throttled: Throttled | null
  /**
   * The window that it would gather in; `null` if its template is not for digests, or `reasonNotToGather` returns a
   * reason.
   */
  readonly gathering: Gathering | null
}

export type Judgement = { readonly rules: readonly Evaluation[] } & (
  | { readonly move: 'send'; readonly targets: readonly Target[] }
  | { readonly move: 'digest' }
  | { readonly move: 'defer'; readonly until: number; readonly reason: string }
  | { readonly move: 'end'; readonly status: EndStatus; readonly reason: string }
)

type EndStatus = 'failed' | 'suppressed' | 'cancelled' | 'expired'

/** The verdict of one rule; without an effect it lets the channel pass. */
interface Verdict {
  readonly outcome: Evaluation['outcome']
  readonly detail: string
  readonly until?: number
}

type Judge = (situation: Situation) => Verdict

const pass = (detail: string): Verdict => ({ outcome: 'pass', detail })
const bypassed = (detail: string): Verdict => ({ outcome: 'bypassed', detail })

/** The rules in the order in which they are judged. */
const JUDGES: readonly (readonly [Rule, Judge])[] = [
  ['category', judgeCategory],
  ['expired', judgeExpiry],
  ['preference', judgePreference],
  ['no-endpoint', judgeEndpoints],
  ['suppression', judgeSuppression],
  ['unsubscribed', judgeUnsubscription],
  ['digest', judgeDigest],
  ['quiet-hours', judgeQuietHours],
  ['throttle', judgeThrottle],
]

/** Decides what is to become of a channel that is due, by all rules until one holds it back. */
export function judgeChannel(situation: Situation): Judgement {
  const skipped = reasonToSkip(situation)
  if (skipped) return { move: 'end', status: 'cancelled', reason: skipped, rules: [] }
  const rules: Evaluation[] = []
  for (const [rule, judge] of JUDGES) {
    const { outcome, detail, until } = judge(situation)
    rules.push({ rule, outcome, detail })
    if (outcome === 'pass' || outcome === 'bypassed') continue
    if (outcome === 'digesting') return { move: 'digest', rules }
    if (until === undefined) return { move: 'end', status: outcome as EndStatus, reason: rule, rules }
    const { expiresAt } = situation.notification
    if (expiresAt === null || until < expiresAt) return { move: 'defer', until, reason: rule, rules }
    return { move: 'end', status: 'expired', reason: rule, rules: [...rules.slice(0, -1), pastExpiry(rule, detail)] }
  }
  const targets = situation.targets.filter((target) => !isSuppressed(target) && !hasUnsubscribed(situation, target))
  return { move: 'send', targets, rules }
}

function pastExpiry(rule: Rule, detail: string): Evaluation {
  return { rule, outcome: 'expired', detail: `${detail} The notification expires before then.` }
}

/** Returns why a step is not needed any more. */
export function reasonToSkip({
  channel,
  statuses,
  inbox,
}: Pick<Situation, 'channel' | 'statuses' | 'inbox'>): string | undefined {
  const others = Object.entries(statuses).filter(([name]) => name !== channel.channel)
  const isDelivered = others.some(([, status]) => status === 'delivered')
  const reached = {
    seen: inbox.seen || inbox.read,
    read: inbox.read,
    delivered: isDelivered || inbox.seen || inbox.read,
  }
  return channel.unless && reached[channel.unless] ? `unless-${channel.unless}` : undefined
}

function judgeCategory({ category, notification }: Situation): Verdict {
  if (category) return pass(`The category ${category.name} exists.`)
  return { outcome: 'failed', detail: `The category ${notification.category} was deleted.` }
}

function judgeExpiry({ now, notification: { expiresAt } }: Situation): Verdict {
  if (expiresAt === null) return pass('It never expires.')
  const at = new Date(expiresAt).toISOString()
  return now < expiresAt ? pass(`It expires at ${at}.`) : { outcome: 'expired', detail: `It expired at ${at}.` }
}

function judgeEndpoints({ targets, channel }: Situation): Verdict {
  if (targets.length === 0) return { outcome: 'failed', detail: `There is no address for ${channel.channel}.` }
  return pass(`Addresses for ${channel.channel}: ${targets.length}.`)
}

function judgeSuppression({ targets }: Situation): Verdict {
  const suppressed = targets.filter(isSuppressed)
  if (suppressed.length === 0) return pass('No address is suppressed.')
  if (suppressed.length < targets.length) return pass(`Suppressed addresses, which get nothing: ${suppressed.length}.`)
  return { outcome: 'suppressed', detail: `Suppressed: ${suppressed[0]?.standing.suppressed}.` }
}

function judgeUnsubscription(situation: Situation): Verdict {
  const { category, targets } = situation
  if (category?.required) return bypassed('The category is required.')
  const reached = targets.filter((target) => !isSuppressed(target))
  if (reached.some((target) => !hasUnsubscribed(situation, target)))
    return pass('At least one address has not unsubscribed.')
  return { outcome: 'suppressed', detail: `The address has unsubscribed from ${category?.name}.` }
}

function judgePreference({ category, person, channel, notification }: Situation): Verdict {
  const wanted = person?.preferences.categories[notification.category]?.[channel.channel]
  if (wanted !== false) return pass('The user has not turned it off.')
  if (category?.required) return bypassed('The user has turned it off, but the category is required.')
  if (notification.priority === 'critical') return bypassed('The user has turned it off, but it is critical.')
  return { outcome: 'suppressed', detail: `The user has turned off ${channel.channel} for ${notification.category}.` }
}

/** Returns why a channel is sent by itself, whatever its template; `undefined` if it may gather. */
export function reasonNotToGather({
  category,
  person,
  channel,
  notification,
}: Pick<Situation, 'category' | 'person' | 'channel' | 'notification'>): Verdict | undefined {
  if (notification.isDigest) return pass(`It is a digest of ${channel.items?.length}.`)
  if (!category?.digest) return pass('The category has no digest.')
  if (notification.priority === 'critical') return bypassed('The category has a digest, but it is critical.')
  if (person?.preferences.digest[category.name] === false) {
    return bypassed('The category has a digest, but the user has turned it off.')
  }
  return channel.attempts > 0 ? pass('It is being sent by itself.') : undefined
}

function judgeDigest(situation: Situation): Verdict {
  const reason = reasonNotToGather(situation)
  if (reason) return reason
  const { gathering } = situation
  if (!gathering) return pass('Its template is not for digests.')
  if (gathering.outcome === 'other-template') {
    const { name, version } = gathering.template
    return pass(`The open digest has another template: ${name}, version ${version}.`)
  }
  return { outcome: 'digesting', detail: 'It waits for the digest of its category.' }
}

function judgeQuietHours({ quietUntil, channel, notification }: Situation): Verdict {
  if (!DISTURBING.has(channel.channel)) return pass(`Quiet hours don’t apply to ${channel.channel}.`)
  if (quietUntil === null) return pass('There are no quiet hours now.')
  if (notification.priority === 'critical')
    return bypassed('The user has quiet hours, but the notification is critical.')
  const detail = `The user has quiet hours until ${new Date(quietUntil).toISOString()}.`
  return { outcome: 'deferred', detail, until: quietUntil }
}

function judgeThrottle({ category, throttled, notification }: Situation): Verdict {
  const throttle = category?.throttle
  if (!throttle) return pass('The category has no throttle.')
  if (notification.priority === 'critical') return bypassed('The category has a throttle, but it is critical.')
  const limit = `${throttle.limit} in ${throttle.windowMs} ms`
  if (throttled?.outcome !== 'over') return pass(`Within the throttle of ${limit}.`)
  if (throttle.over === 'drop') return { outcome: 'suppressed', detail: `It exceeds the throttle of ${limit}.` }
  return { outcome: 'deferred', detail: `It exceeds the throttle of ${limit}.`, until: throttled.retryAt }
}

function isSuppressed({ standing }: Target): boolean {
  return standing.suppressed !== null
}

function hasUnsubscribed({ category, notification, channel }: Situation, { standing }: Target): boolean {
  const isMail: boolean = channel.channel === ('email' satisfies Channel)
  return isMail && !category?.required && standing.unsubscribed.has(notification.category)
}
