import { randomUUID } from 'node:crypto'
import { joinDigest } from '../../../functions/notification/deliver/join-digest.ts'
import { createReadGathering } from '../../../functions/notification/deliver/read-gathering.ts'
import type { DigestRule } from '../../../functions/notification/domain/category.ts'
import { closed } from '../../../functions/notification/domain/digest.ts'
import type { NotificationId, Tracked } from '../../../functions/notification/domain/notification.ts'
import { createReadWindow } from '../../../functions/notification/store/digest-windows.ts'
import { NEWS } from '../deliver/digest-world.ts'
import { aCategory } from '../notifications.ts'
import { notificationTable } from './notification-table.ts'

export const world = await notificationTable()
const { stored, revise, read, table } = world
const { signal } = new AbortController()
const readGathering = createReadGathering({
  readWindow: createReadWindow(table),
  readTemplate: async () => NEWS,
  renderParts: async () => ({ outcome: 'rendered', parts: {} }),
  now: Date.now,
})
export const readInboxMarks = async () => ({ seen: false, read: false })

export const anItem = (tenant: string) => stored({ tenant, to: { userId: 'ann' }, source: { template: 'news' } })

/** Joins the open window of a notification, or opens one, as a worker does. Losers of a race try it again. */
export async function join({ notification: id }: Tracked, rule: DigestRule, by = revise): Promise<void> {
  const category = aCategory({ digest: rule })
  const decide = async ({ notification, channels, summary }: Tracked) => {
    const [channel] = channels
    if (!channel || channel.digestId !== null) return { changes: null, result: true }
    const known = { notification, channel, category, person: undefined }
    const gathering = await readGathering({ ...known, rule }, signal)
    const none = { quietUntil: null, throttled: null, inbox: await readInboxMarks() }
    const situation = { ...known, ...none, gathering, statuses: summary.channels, targets: [], now: Date.now() }
    return { changes: joinDigest(situation, [], randomUUID), result: true }
  }
  for (let tries = 0; tries < 10; tries++) {
    if (await by({ id, decide }, signal).catch(() => false)) return
  }
  throw new Error('It never joined')
}

export const digestIdOf = async (id: NotificationId) => (await read(id, signal))?.channels[0]?.digestId ?? ''

export async function digestOf({ notification: { tenant, id } }: Tracked): Promise<Tracked> {
  const digest = await read({ tenant, id: await digestIdOf({ tenant, id }) }, signal)
  if (!digest) throw new Error('It is in no digest')
  return digest
}

/** Closes a window as a worker does. */
export const close = ({ notification: id }: Tracked) =>
  revise(
    {
      id,
      decide({ channels: [channel] }) {
        const isOpen = channel?.status === 'scheduled'
        return { changes: isOpen ? closed(channel, Date.now()) : null, result: isOpen }
      },
    },
    signal,
  )
