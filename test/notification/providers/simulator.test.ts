import type { OutgoingMessage, SendResult } from '../../../functions/notification/domain/provider.ts'
import { type SimulatorDeps, withSimulator } from '../../../functions/notification/providers/simulator.ts'
import { aWebhook } from '../webhooks/a-webhook.ts'

const { signal } = new AbortController()
const DELIVERED: SendResult = { outcome: 'delivered', providerId: null }

function given({ isTest = false, kept = DELIVERED }: { isTest?: boolean; kept?: SendResult } = {}) {
  const [sent, outbox]: [OutgoingMessage[], OutgoingMessage[]] = [[], []]
  const receipts: [string, number][] = []
  const deps: SimulatorDeps = {
    async keep(message) {
      outbox.push(message)
      return kept
    },
    sendReceipt: async ({ kind }, { afterSeconds }) => void receipts.push([kind, afterSeconds]),
    isTest: async (tenant) => isTest && tenant === 'acme',
  }
  const real = {
    async send(message: OutgoingMessage) {
      sent.push(message)
      return { outcome: 'accepted', providerId: 'p', receipts: true, provider: 'ses' } as const
    },
    isIdempotent: () => false,
  }
  const providers = withSimulator(real, deps)
  const send = (address: string, more: Partial<OutgoingMessage> = {}) =>
    providers.send(aWebhook({ channel: 'email', address, ...more }), signal)
  return { send, sent, outbox, receipts }
}

test.each<[string, Partial<SendResult>, [string, number][]]>([
  ['delivered', { outcome: 'delivered' }, []],
  ['fail', { outcome: 'refused', reason: 'simulated-failure' }, []],
  ['bounce', { outcome: 'accepted', receipts: true }, [['bounced', 0]]],
  ['soft', { outcome: 'accepted', receipts: true }, [['bounced-transiently', 0]]],
  ['complaint', { outcome: 'delivered' }, [['complained', 0]]],
  ['slow', { outcome: 'accepted', receipts: true }, [['delivered', 10]]],
  ['late', { outcome: 'delivered' }, [['bounced', 5]]],
  ['constructor', { outcome: 'refused', reason: 'unknown-address' }, []],
])('the mailbox %s ends as it says, without a provider', async (name, result, told) => {
  const { send, sent, outbox, receipts } = given()
  expect(await send(`${name.toUpperCase()}@Simulator.test`)).toMatchObject({ ...result, provider: 'simulator' })
  expect([sent.length, outbox.length]).toEqual([0, 1])
  expect(receipts).toEqual(told)
})

test('any other address reaches its provider', async () => {
  const { send, sent, outbox } = given()
  await send('ann@example.com')
  await send('delivered@simulator.test.example.com')
  await send('delivered@simulator.test', { channel: 'push' })
  expect([sent.length, outbox.length]).toEqual([3, 0])
})

/** @proves notification/test-mode-contained */
test('nothing of a tenant in test mode reaches a provider, over any channel', async () => {
  const { send, sent, outbox } = given({ isTest: true })
  expect(await send('ann@example.com')).toMatchObject({ outcome: 'delivered', provider: 'simulator' })
  expect(await send('https://example.com', { channel: 'webhook' })).toMatchObject({ outcome: 'delivered' })
  expect(await send('fail@simulator.test')).toMatchObject({ outcome: 'refused' })
  expect([sent.length, outbox.length]).toEqual([0, 3])
  await send('ann@example.com', { tenant: 'other' })
  expect(sent).toHaveLength(1)
  // The inbox is the system's own.
  await send('ann', { channel: 'inapp' })
  expect(sent).toHaveLength(2)
})

test('a message that could not be kept has the outcome unknown, and gets no receipt', async () => {
  const { send, receipts } = given({ kept: { outcome: 'unknown', reason: 'outbox-unreachable' } })
  expect(await send('bounce@simulator.test')).toMatchObject({ outcome: 'unknown', provider: 'simulator' })
  expect(receipts).toEqual([])
})
