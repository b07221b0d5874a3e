import type { Clock } from '../../shared/clock.ts'
import { normalAddress } from '../domain/address.ts'
import type { ReadCategory, TakeThrottle, Throttled } from '../domain/category.ts'
import type { Channel } from '../domain/channel.ts'
import type { ChannelState, Notification, Tracked } from '../domain/notification.ts'
import type { JudgeQuietHours, Person, ReadPerson, ReadStanding } from '../domain/person.ts'
import { addressesLeft } from './claim.ts'
import { reasonNotToGather, type Situation } from './judge.ts'
import type { ReadGathering } from './read-gathering.ts'
import { type ReadInboxMarks, readMarks } from './read-marks.ts'
import { type Address, addressesOf } from './targets.ts'

export interface SituateDeps {
  readPerson: ReadPerson
  readCategory: ReadCategory
  readStanding: ReadStanding
  readInboxMarks: ReadInboxMarks
  judgeQuietHours: JudgeQuietHours
  takeThrottle: TakeThrottle
  readGathering: ReadGathering
  now: Clock
}

export interface Situate {
  /** Reads all that decides about a channel, but for the throttle. */
  read: (tracked: Tracked, channel: ChannelState, signal: AbortSignal) => Promise<Situation>
  /** Counts a channel that all other rules let pass, where its category has a throttle. */
  throttle: (situation: Situation, signal: AbortSignal) => Promise<Throttled>
}

/** Creates the read of everything that decides about a channel, at the time when it is due. */
export function createSituate(deps: SituateDeps): Situate {
  const { readCategory, readStanding, takeThrottle, now } = deps
  return {
    async read({ notification, summary, channels }, channel, signal) {
      const { tenant } = notification
      const [category, person, inbox] = await Promise.all([
        readCategory({ tenant, name: notification.category }, signal),
        readRecipient(notification, deps, signal),
        readMarks({ notification, channels, channel }, deps, signal),
      ])
      const addresses = addressesLeft(channel, addressesOf(notification, person, channel.channel))
      const targets = await Promise.all(
        addresses.map(async (target) => ({
          ...target,
          standing: await readStanding({ tenant, ...compared(channel.channel, target) }, signal),
        })),
      )
      const known = { notification, channel, category, person }
      const rule = reasonNotToGather(known) ? null : category?.digest
      const gathering = rule ? await deps.readGathering({ ...known, rule }, signal) : null
      const at = now()
      const quietUntil = quietUntilOf(person, at, deps.judgeQuietHours)
      const read = { now: at, ...known, statuses: summary.channels, targets, inbox }
      return { ...read, quietUntil, throttled: null, gathering }
    },
    async throttle({ notification, category }, signal) {
      if (!category?.throttle) return { outcome: 'allowed' }
      const { tenant, id } = notification
      const charge = { tenant, subject: subjectOf(notification), category: category.name, throttle: category.throttle }
      return takeThrottle({ ...charge, notificationId: id }, signal)
    },
  }
}

function compared(channel: Channel, { address }: Address) {
  return { channel, address: normalAddress(channel, address) }
}

async function readRecipient({ tenant, to }: Notification, { readPerson }: SituateDeps, signal: AbortSignal) {
  return 'userId' in to ? readPerson({ tenant, userId: to.userId }, signal) : undefined
}

function quietUntilOf(person: Person | undefined, now: number, judge: JudgeQuietHours): number | null {
  const quietHours = person?.preferences.quietHours
  return quietHours ? judge(now, quietHours, quietHours.zone ?? person.zone) : null
}

/** Returns the user, or the address that takes the user's place. */
function subjectOf({ to }: Notification): string {
  if ('userId' in to) return to.userId
  if (to.email !== undefined) return normalAddress('email', to.email)
  return to.phone ?? to.webhookUrl ?? ''
}
