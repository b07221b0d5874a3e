import type { Revise } from '../../../functions/notification/domain/moves.ts'
import type { ChannelState, Tracked } from '../../../functions/notification/domain/notification.ts'
import { judgeQuietHours } from '../../../functions/notification/domain/quiet-hours.ts'
import { createRetime } from '../../../functions/notification/people/retime.ts'
import { aNotification, aPerson } from '../notifications.ts'

const NOON = Date.parse('2026-05-06T12:00:00Z')
const HELD = { rule: 'quiet-hours', outcome: 'deferred', detail: 'Quiet.' } as const
const { signal } = new AbortController()

/** Re-times one notification with a mail that waits until 14:00. */
async function retimed(of: { until?: string; channel?: Partial<ChannelState> }) {
  const tracked = aNotification({ now: NOON - 1000, to: { userId: 'ann' } })
  const held = { status: 'deferred', dueAt: Date.parse('2026-05-06T14:00:00Z'), rules: [HELD], turn: 3 } as const
  const channels = tracked.channels.map((each): ChannelState => ({ ...each, ...held, ...of.channel }))
  let after: readonly ChannelState[] | undefined
  const revise: Revise = async ({ decide }) => {
    const { changes, result } = await decide({ ...tracked, channels } satisfies Tracked)
    after = changes?.channels
    return result
  }
  const quietHours = of.until === undefined ? null : { start: '11:00', end: of.until, zone: null }
  const preferences = { categories: {}, quietHours, digest: {}, locale: null }
  const count = await createRetime({
    readHeld: async () => ['n1'],
    readPerson: async () => aPerson({ preferences }),
    revise,
    judgeQuietHours,
    now: () => NOON,
  })({ tenant: 'acme', userId: 'ann' }, signal)
  return { count, after: after?.[0] }
}

test('what quiet hours held back is judged anew when they are removed or changed', async () => {
  for (const until of [undefined, '13:00', '15:00']) {
    const { count, after } = await retimed({ ...(until && { until }) })
    expect(count).toBe(1)
    expect(after).toMatchObject({ status: 'deferred', dueAt: NOON, turn: 4 })
    expect(after?.timeline.at(-1)).toMatchObject({ event: 'retimed' })
  }
})

test('what waits for the same end is left alone', async () => {
  expect(await retimed({ until: '14:00' })).toEqual({ count: 0, after: undefined })
})

test.each<[string, Partial<ChannelState>]>([
  ['another rule held back', { rules: [{ ...HELD, rule: 'throttle' }] }],
  ['a worker has claimed', { status: 'sending', claim: { token: 't', until: NOON + 1000, onUncertain: 'drop' } }],
  ['is done', { status: 'cancelled' }],
])('what %s is left alone', async (_, channel) => {
  expect(await retimed({ channel })).toEqual({ count: 0, after: undefined })
})
