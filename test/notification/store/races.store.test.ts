import { claimed } from '../../../functions/notification/deliver/claim.ts'
import { moved } from '../../../functions/notification/domain/moves.ts'
import type { NotificationId, Tracked } from '../../../functions/notification/domain/notification.ts'
import { isUnclaimed, overallStatus } from '../../../functions/notification/domain/status.ts'
import { notificationTable } from './notification-table.ts'

const { stored, cancel, revise, read } = await notificationTable()
const { signal } = new AbortController()

const standing = { suppressed: null, unsubscribed: new Set<string>() }

/** Claims the mail as a worker does, and returns whether it may be sent. */
function claim(id: NotificationId, token: string): Promise<boolean | undefined> {
  const decide = ({ channels }: Tracked) => {
    const channel = channels.find((one) => one.channel === 'email')
    if (!channel || !isUnclaimed(channel.status)) return { changes: null, result: false }
    const targets = [{ endpointId: 'default', address: 'ann@example.com', standing }]
    const until = Date.now() + 30_000
    const by = { claim: { token, until, onUncertain: 'retry' as const }, now: Date.now() }
    return { changes: { channels: [claimed(channel, { move: 'send', rules: [], targets }, by)] }, result: true }
  }
  return revise({ id, decide }, signal)
}

/** @proves notification/sent-or-cancelled */
test('a cancellation and a claim at the same moment: exactly one wins, ten times of ten', async () => {
  const winners = { claimed: 0, cancelled: 0 }
  for (let run = 0; run < 10; run++) {
    const { notification } = await stored()
    const [mayBeSent, result] = await Promise.all([claim(notification, 'worker'), cancel(notification)])
    const status = (await read(notification, signal))?.channels[0]?.status
    const isCancelled = result.outcome === 'cancelled' && result.channels.email === 'cancelled'
    expect([mayBeSent, isCancelled, status]).toEqual(mayBeSent ? [true, false, 'sending'] : [false, true, 'cancelled'])
    winners[mayBeSent ? 'claimed' : 'cancelled'] += 1
  }
  expect(winners.claimed + winners.cancelled).toBe(10)
})

/** @proves notification/one-effect */
test('of two workers with the same message one sends', async () => {
  for (let run = 0; run < 10; run++) {
    const { notification } = await stored()
    const claims = await Promise.all(['one', 'two', 'three'].map((token) => claim(notification, token)))
    expect(claims.filter(Boolean)).toHaveLength(1)
  }
})

test('several channels that end at once all end, and the whole follows from all', async () => {
  const channels = ['email', 'sms', 'push', 'webhook', 'inapp'] as const
  for (let run = 0; run < 3; run++) {
    const { notification } = await stored({ steps: channels.map((channel) => ({ channel })) })
    await Promise.all(
      channels.map((name, index) =>
        revise(
          {
            id: notification,
            decide: (tracked) => ({
              changes: {
                channels: tracked.channels
                  .filter(({ channel }) => channel === name)
                  .map((one) => moved(one, { status: index === 0 ? 'suppressed' : 'failed', at: Date.now() })),
              },
              result: true,
            }),
          },
          signal,
        ),
      ),
    )
    const after = await read(notification, signal)
    const statuses = after?.channels.map(({ status }) => status) ?? []
    expect(statuses.sort()).toEqual(['failed', 'failed', 'failed', 'failed', 'suppressed'])
    expect(after?.summary).toMatchObject({ status: overallStatus(statuses), doneAt: expect.any(Number) })
    expect(Object.values(after?.summary.channels ?? {}).sort()).toEqual(statuses)
  }
})
