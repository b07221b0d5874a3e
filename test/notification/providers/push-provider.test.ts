import { createPushProvider } from '../../../functions/notification/providers/push-provider.ts'
import type { PushClient } from '../../../functions/shared/aws/push.ts'
import { aWebhook } from '../webhooks/a-webhook.ts'

const { signal } = new AbortController()

function given(found: Awaited<ReturnType<PushClient['endpointOf']>> = { outcome: 'found', endpoint: 'arn:made' }) {
  const sent: unknown[] = []
  const asked: unknown[] = []
  const client: PushClient = {
    async send(push) {
      sent.push(push)
      return { outcome: 'accepted', messageId: 'm1' }
    },
    async endpointOf(device) {
      asked.push(device)
      return found
    },
  }
  const provider = createPushProvider({ client, applications: { fcm: 'arn:app' } })
  const send = (address: string) =>
    provider.send(aWebhook({ channel: 'push', address, parts: { title: 'Hi', body: 'there' } }), signal)
  return { send, sent, asked }
}

test('the ARN of a platform endpoint is sent to as it is, and no receipt is waited for', async () => {
  const { send, sent, asked } = given()
  expect(await send('arn:aws:sns:eu-west-1:1:endpoint/GCM/app/1')).toEqual({
    ...{ outcome: 'accepted', providerId: 'm1', receipts: false },
  })
  expect(sent).toEqual([{ endpoint: 'arn:aws:sns:eu-west-1:1:endpoint/GCM/app/1', title: 'Hi', body: 'there' }])
  expect(asked).toEqual([])
})

test('a token is sent to by the endpoint of its application', async () => {
  const { send, sent, asked } = given()
  await send('fcm:token:with:colons')
  expect(asked).toEqual([{ application: 'arn:app', token: 'token:with:colons' }])
  expect(sent).toMatchObject([{ endpoint: 'arn:made' }])
})

test.each(['apns:token', 'token', 'constructor:token'])('%s names no application, and is refused', async (address) => {
  const { send, sent } = given()
  expect(await send(address)).toEqual({ outcome: 'refused', reason: 'unknown-application', gone: false })
  expect(sent).toEqual([])
})

test('without its endpoint nothing is sent', async () => {
  const { send, sent } = given({ outcome: 'unavailable', reason: 'throttled' })
  expect(await send('fcm:token')).toEqual({ outcome: 'unavailable', reason: 'throttled' })
  expect(sent).toEqual([])
})
