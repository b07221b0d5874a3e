import { Webhook } from 'standardwebhooks'
import type { StoredEndpoint } from '../../../functions/notification/domain/person.ts'
import { createWebhookProvider } from '../../../functions/notification/webhooks/send-webhook.ts'
import { createPost } from '../../../functions/shared/outbound/post.ts'
import { startTimer } from '../../../functions/shared/resilience/timer.ts'
import { type Answer, answers, type MisbehavingServer, startServer } from '../../support/misbehaving-server.ts'
import { anEndpoint, aWebhook, OLD_SECRET, SECRET } from './a-webhook.ts'

const DAY = 24 * 60 * 60 * 1000
const { signal } = new AbortController()
let server: MisbehavingServer | undefined
afterEach(() => server?.close())

/** A provider whose requests go to a real server on loopback. */
async function given(endpoint: StoredEndpoint | undefined, ...sequence: [Answer, ...Answer[]]) {
  server = await startServer(...sequence)
  let time = Date.now()
  let failingSince: number | null = null
  const disabled: unknown[] = []
  const errors: unknown[] = []
  const broken = { health: false, endpoint: false }
  const provider = createWebhookProvider({
    async readEndpoint() {
      if (broken.endpoint) throw new Error('no table')
      return endpoint
    },
    health: {
      readFailingSince: async () => failingSince,
      async recordFailure(_, at) {
        if (broken.health) throw new Error('no table')
        failingSince ??= at
        return failingSince
      },
      async recordSuccess() {
        failingSince = null
      },
    },
    disable: async (id, reason) => void disabled.push([id, reason]),
    post: createPost({
      rules: { allowInsecure: true, runtimeApi: undefined },
      ...{ connectMs: 5000, totalMs: 15_000, maxAnswerBytes: 65_536, startTimer },
    }),
    withoutEndpoint: 'default',
    onFailure: (error) => errors.push(error),
    now: () => time,
  })
  const { url, requests } = server
  const send = (more = {}) => provider.send(aWebhook({ address: url, ...more }), signal)
  const pass = (ms: number) => {
    time += ms
  }
  return { send, requests, disabled, errors, broken, pass, failingSince: () => failingSince }
}

const verify = (secret: string, { body, headers }: MisbehavingServer['requests'][number]) =>
  new Webhook(secret).verify(body, headers as Record<string, string>)

/** @proves notification/webhooks-verifiable */
test('a webhook arrives as the official receiver expects it, with the bytes of its body', async () => {
  const { send, requests } = await given(anEndpoint(), answers.text('ok'))
  expect(await send()).toEqual({ outcome: 'delivered', providerId: null })
  expect(verify(SECRET, requests[0] as never)).toEqual({ type: 'orders', data: { ü: '☃' } })
  expect(requests[0]).toMatchObject({ body: aWebhook().parts.body, headers: { 'content-type': 'application/json' } })
})

/** @proves notification/webhooks-verifiable */
test('all tries have one id and the same bytes, and each its own timestamp', async () => {
  const { send, requests, pass } = await given(anEndpoint(), answers.json({}, 500), answers.text('ok'))
  expect(await send()).toEqual({ outcome: 'unavailable', reason: 'http-500' })
  pass(5000)
  await send()
  const [first, second] = requests
  expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id'])
  expect(second?.body).toBe(first?.body)
  expect(Number(second?.headers['webhook-timestamp']) - Number(first?.headers['webhook-timestamp'])).toBe(5)
})

/** @proves notification/webhooks-verifiable */
test('after a rotation either secret verifies', async () => {
  const secrets = [
    { secret: SECRET, until: null },
    { secret: OLD_SECRET, until: Date.now() + DAY },
  ]
  const { send, requests } = await given(anEndpoint({ secrets }), answers.text('ok'))
  await send()
  expect(verify(SECRET, requests[0] as never)).toEqual(verify(OLD_SECRET, requests[0] as never))
})

test('a URL that a notification names itself gets no signature', async () => {
  const { send, requests } = await given(undefined, answers.text('ok'))
  expect(await send({ endpointId: 'default' })).toMatchObject({ outcome: 'delivered' })
  expect(requests[0]?.headers['webhook-signature']).toBeUndefined()
  expect(requests[0]?.headers['webhook-id']).toBeDefined()
})

test('nothing is sent to an endpoint that was deleted', async () => {
  const { send, requests } = await given(undefined, answers.text('ok'))
  expect(await send()).toEqual({ outcome: 'refused', reason: 'no-endpoint', gone: false })
  expect(requests).toEqual([])
})

test('nothing is sent without the secrets: it is tried again', async () => {
  const { send, requests, broken, errors } = await given(anEndpoint(), answers.text('ok'))
  broken.endpoint = true
  expect(await send()).toEqual({ outcome: 'unavailable', reason: 'endpoint-unread' })
  expect([requests.length, errors.length]).toEqual([0, 1])
})

test('an endpoint that fails for five days is disabled, and not a moment sooner', async () => {
  const { send, disabled, pass } = await given(anEndpoint(), answers.json({}, 500))
  await send()
  pass(5 * DAY - 1)
  await send()
  expect(disabled).toEqual([])
  pass(1)
  await send()
  expect(disabled).toEqual([[{ tenant: 'acme', endpointId: 'orders', address: expect.any(String) }, 'failing']])
})

test('a success ends the count of failing days', async () => {
  const { send, disabled, pass } = await given(anEndpoint(), answers.json({}, 500), answers.text('ok'), answers.reset)
  await send()
  pass(5 * DAY)
  await send()
  expect(await send()).toMatchObject({ outcome: 'unknown' })
  expect(disabled).toEqual([])
})

test('a failure beside the request does not decide what became of it', async () => {
  const { send, broken, errors } = await given(anEndpoint(), answers.json({}, 500))
  broken.health = true
  expect(await send()).toEqual({ outcome: 'unavailable', reason: 'http-500' })
  expect(errors).toEqual([new Error('no table')])
})
