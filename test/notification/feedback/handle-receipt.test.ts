import type { Revise } from '../../../functions/notification/domain/moves.ts'
import type { ChannelState, Delivery, Tracked } from '../../../functions/notification/domain/notification.ts'
import type { Receipt } from '../../../functions/notification/domain/provider.ts'
import type { Status } from '../../../functions/notification/domain/status.ts'
import { createHandleReceipt } from '../../../functions/notification/feedback/handle-receipt.ts'
import { aNotification } from '../notifications.ts'

const { signal } = new AbortController()

const receipt = (kind: Receipt['kind'], more: Partial<Receipt> = {}): Receipt => ({
  ...{ tenant: 'acme', notificationId: 'n1', channel: 'email', endpointId: 'default', kind, at: 1, detail: `${kind}.` },
  ...more,
})

/** A notification whose mail a provider accepted. */
function given(status: Status = 'sending', { failSuppress = false, erased = {} as Partial<Delivery> } = {}) {
  const { notification, summary, channels } = aNotification()
  const delivery: Delivery = {
    ...{ endpointId: 'default', address: 'ann@example.com', status, provider: 'ses', providerId: 'p1' },
    ...{ reason: null, attempts: 1, nextAt: null, acceptedAt: 0, uncertain: false },
    ...erased,
  }
  let tracked: Tracked = {
    notification,
    summary,
    channels: channels.map((channel) => ({ ...channel, status, deliveries: [delivery] })),
  }
  const suppressed: object[] = []
  const revise: Revise = async ({ id, decide }) => {
    if (id.id !== 'n1') return undefined
    const { changes, result } = await decide(tracked)
    if (changes) tracked = { ...tracked, channels: changes.channels }
    return result
  }
  const handle = createHandleReceipt({
    revise,
    async suppress(of) {
      if (failSuppress) throw new Error('no table')
      suppressed.push(of)
      return { outcome: 'created', suppression: { ...of, createdAt: 0 } }
    },
    suppressErased: async (of) => void suppressed.push(of),
    now: () => 1000,
  })
  const email = () => tracked.channels[0] as ChannelState
  return { handle: (one: Receipt) => handle(one, signal), suppressed, email }
}

test.each<[Receipt['kind'], Status, string | undefined]>([
  ['delivered', 'delivered', undefined],
  ['bounced', 'failed', 'bounce'],
  ['bounced-transiently', 'failed', undefined],
  ['complained', 'delivered', 'complaint'],
])('the receipt %s moves the channel to %s; suppressed for: %s', async (kind, status, reason) => {
  const { handle, suppressed, email } = given()
  expect(await handle(receipt(kind))).toBe('handled')
  expect(email().status).toBe(status)
  expect(email().timeline.at(-1)).toMatchObject({ event: kind, at: 1000 })
  const address = { tenant: 'acme', channel: 'email', address: 'ann@example.com' }
  expect(suppressed).toEqual(reason === undefined ? [] : [{ ...address, reason }])
})

/** @proves notification/legal-moves */
test('a permanent bounce that comes late still fails the channel, and any other only enters the timeline', async () => {
  const late = given('delivered')
  await late.handle(receipt('bounced-transiently'))
  expect(late.email()).toMatchObject({ status: 'delivered' })
  await late.handle(receipt('bounced'))
  expect(late.email()).toMatchObject({ status: 'failed' })
  expect(late.email().timeline.map(({ event }) => event)).toEqual(
    expect.arrayContaining(['bounced-transiently', 'bounced']),
  )
})

/** @proves notification/legal-moves */
test('a receipt that comes twice counts once', async () => {
  const { handle, suppressed, email } = given()
  await handle(receipt('bounced'))
  const { length } = email().timeline
  expect(await handle(receipt('bounced'))).toBe('repeated')
  expect(email().timeline).toHaveLength(length)
  expect(suppressed).toHaveLength(1)
})

test('an address that was erased is suppressed by its hash', async () => {
  const { handle, suppressed } = given('delivered', { erased: { address: '', addressHash: 'a-hash' } })
  expect(await handle(receipt('complained'))).toBe('handled')
  expect(suppressed).toEqual([{ tenant: 'acme', channel: 'email', addressHash: 'a-hash', reason: 'complaint' }])
})

test.each([
  { notificationId: 'n2' },
  { endpointId: 'other' },
  { channel: 'sms' } as const,
])('a receipt of what was not sent changes nothing, and suppresses nobody: %j', async (more) => {
  const { handle, suppressed } = given()
  expect(await handle(receipt('bounced', more))).toBe('unknown')
  expect(suppressed).toEqual([])
})

test('a bounce is not recorded before its address is suppressed', async () => {
  const { handle, email } = given('sending', { failSuppress: true })
  await expect(handle(receipt('bounced'))).rejects.toThrow('no table')
  expect(email().status).toBe('sending')
})
