import { readReceipt } from '../../../functions/notification/feedback/read-receipt.ts'
import { createEmailProvider } from '../../../functions/notification/providers/email-provider.ts'
import { createSmsProvider } from '../../../functions/notification/providers/sms-provider.ts'
import type { Mail } from '../../../functions/shared/aws/email.ts'
import type { Sms } from '../../../functions/shared/aws/sms.ts'
import { aWebhook } from '../webhooks/a-webhook.ts'

const { signal } = new AbortController()
const AT = '2026-03-12T19:03:58.005Z'
const named = { tenant: 'acme:eu', notificationId: 'n.1', endpointId: 'a@b~c' }

/** The tags of a mail as the provider sends it, in the form in which SES repeats them. */
async function sentTags() {
  const sent: Mail[] = []
  const sendMail = async (mail: Mail) => {
    sent.push(mail)
    return { outcome: 'accepted', messageId: 'm' } as const
  }
  const provider = createEmailProvider({ sendMail, from: 'a@b.example', configurationSet: 'set' })
  await provider.send(aWebhook({ ...named, channel: 'email', parts: { subject: 's', text: 't' } }), signal)
  return Object.fromEntries(Object.entries(sent[0]?.tags ?? {}).map(([name, value]) => [name, [value]]))
}

const mailEvent = async (eventType: string, more: object) => ({
  eventType,
  mail: { messageId: 'm', timestamp: AT, tags: { ...(await sentTags()), 'ses:caller-identity': ['x'] } },
  ...more,
})

test.each([
  ['Bounce', { bounce: { bounceType: 'Permanent', bounceSubType: 'General', timestamp: AT } }, 'bounced'],
  [
    'Bounce',
    { bounce: { bounceType: 'Transient', bounceSubType: 'MailboxFull', timestamp: AT } },
    'bounced-transiently',
  ],
  ['Bounce', { bounce: { bounceType: 'Undetermined', timestamp: AT } }, 'bounced-transiently'],
  ['Complaint', { complaint: { timestamp: AT } }, 'complained'],
  ['Delivery', { delivery: { timestamp: AT } }, 'delivered'],
  ['Reject', { reject: { reason: 'Bad content' } }, 'bounced-transiently'],
])('SES’s event %s is the receipt of the mail that was sent', async (eventType, more, kind) => {
  expect(readReceipt(await mailEvent(eventType, more))).toEqual({
    ...{ ...named, channel: 'email', kind, at: Date.parse(AT), detail: expect.stringContaining(named.endpointId) },
  })
})

test.each(['Send', 'Open', 'DeliveryDelay'])('SES’s event %s tells nothing new', async (eventType) => {
  expect(readReceipt(await mailEvent(eventType, {}))).toBeNull()
})

test('an event of a mail that somebody else sent by the same set is no receipt', () => {
  const mail = { messageId: 'm', timestamp: AT, tags: {} }
  expect(readReceipt({ eventType: 'Delivery', mail, delivery: { timestamp: AT } })).toBeNull()
})

async function smsEvent(eventType: string, more = {}) {
  const sent: Sms[] = []
  const sendSms = async (sms: Sms) => {
    sent.push(sms)
    return { outcome: 'accepted', messageId: 'm' } as const
  }
  const provider = createSmsProvider({ sendSms, from: 'arn', configurationSet: undefined })
  const result = await provider.send(aWebhook({ ...named, channel: 'sms', parts: { text: 't' } }), signal)
  // Without a set there are no events, and so no receipt to wait for.
  expect(result).toMatchObject({ receipts: false })
  return {
    eventType,
    eventTimestamp: Date.parse(AT),
    isFinal: true,
    messageId: 'm',
    context: sent[0]?.context,
    ...more,
  }
}

test.each([
  ['TEXT_DELIVERED', 'delivered'],
  ['TEXT_SUCCESSFUL', 'delivered'],
  ['TEXT_INVALID', 'bounced'],
  ['TEXT_UNREACHABLE', 'bounced-transiently'],
  ['TEXT_BLOCKED', 'bounced-transiently'],
  ['TEXT_TTL_EXPIRED', 'bounced-transiently'],
])('the event %s of End User Messaging says: %s', async (eventType, kind) => {
  expect(readReceipt(await smsEvent(eventType))).toMatchObject({ ...named, channel: 'sms', kind, at: Date.parse(AT) })
})

test('events that are not the last, or that know nothing, are no receipts', async () => {
  for (const event of [
    await smsEvent('TEXT_QUEUED'),
    await smsEvent('TEXT_UNKNOWN'),
    await smsEvent('TEXT_SUCCESSFUL', { isFinal: false }),
    await smsEvent('TEXT_DELIVERED', { context: {} }),
  ]) {
    expect(readReceipt(event)).toBeNull()
  }
})

test.each([
  {},
  'text',
  null,
  { kind: 'receipt' },
  { kind: 'receipt', receipt: { tenant: 'acme' } },
])('%j is poison', (body) => {
  expect(() => readReceipt(body)).toThrow('not a receipt of a known kind')
})
