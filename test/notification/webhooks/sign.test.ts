import fc from 'fast-check'
import { Webhook } from 'standardwebhooks'
import { webhookHeaders, webhookId } from '../../../functions/notification/webhooks/sign.ts'
import { OLD_SECRET, OTHER_SECRET, SECRET } from './a-webhook.ts'

// The official package is the receiver: it refuses timestamps that are more than five minutes off.
const now = Date.now()
const DAY = 24 * 60 * 60 * 1000

const receive = (secret: string, body: string, headers: Record<string, string>) =>
  new Webhook(secret).verify(body, headers)

test('the official receiver takes any body under any id', () => {
  fc.assert(
    fc.property(fc.json(), fc.string({ minLength: 1, unit: 'binary' }), (body, key) => {
      const headers = webhookHeaders({ id: webhookId(key), body, secrets: [{ secret: SECRET, until: null }], now })
      expect(receive(SECRET, body, headers)).toEqual(JSON.parse(body))
    }),
  )
})

test('the signature is that of the specification’s example', () => {
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
  const body = '{"test": 2432232314}'
  const headers = webhookHeaders({
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    body,
    secrets: [{ secret, until: null }],
    now: 1_614_265_330_999,
  })
  expect(headers).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  })
})

test('another body, id, time or secret is refused by the receiver', () => {
  const body = '{"a":1}'
  const headers = webhookHeaders({ id: 'msg_1', body, secrets: [{ secret: SECRET, until: null }], now })
  expect(receive(SECRET, body, headers)).toEqual({ a: 1 })
  expect(() => receive(SECRET, '{"a":2}', headers)).toThrow('signature')
  expect(() => receive(SECRET, body, { ...headers, 'webhook-id': 'msg_2' })).toThrow('signature')
  expect(() => receive(OTHER_SECRET, body, headers)).toThrow('signature')
  const later = String(Number(headers['webhook-timestamp']) + 1)
  expect(() => receive(SECRET, body, { ...headers, 'webhook-timestamp': later })).toThrow('signature')
})

test('after a rotation both secrets sign for a day, the new one first', () => {
  const secrets = [
    { secret: SECRET, until: null },
    { secret: OLD_SECRET, until: now + DAY },
    { secret: OTHER_SECRET, until: now },
  ]
  const headers = webhookHeaders({ id: 'msg_1', body: '{}', secrets, now })
  expect(receive(SECRET, '{}', headers)).toEqual({})
  expect(receive(OLD_SECRET, '{}', headers)).toEqual({})
  expect(() => receive(OTHER_SECRET, '{}', headers)).toThrow('signature')
  const alone = webhookHeaders({ id: 'msg_1', body: '{}', secrets: secrets.slice(0, 1), now })
  expect(headers['webhook-signature']?.split(' ')[0]).toBe(alone['webhook-signature'])
  const after = webhookHeaders({ id: 'msg_1', body: '{}', secrets, now: now + DAY })
  expect(after['webhook-signature']?.split(' ')).toHaveLength(1)
})

test('without a secret there is no signature', () => {
  expect(webhookHeaders({ id: 'msg_1', body: '{}', secrets: [], now })).toEqual({
    'webhook-id': 'msg_1',
    'webhook-timestamp': expect.any(String),
  })
})

test('an id is the same for the same delivery, differs for others, and holds no dot', () => {
  expect(webhookId('n1/webhook/a.b')).toBe(webhookId('n1/webhook/a.b'))
  expect(webhookId('n1/webhook/a.b')).not.toBe(webhookId('n1/webhook/a.c'))
  expect(webhookId('n1/webhook/a.b')).toMatch(/^msg_[A-Za-z0-9_-]{27}$/)
})
