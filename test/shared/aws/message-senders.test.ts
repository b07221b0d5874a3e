import { createSendMail } from '../../../functions/shared/aws/email.ts'
import type { MessageOutcome } from '../../../functions/shared/aws/message-outcome.ts'
import { createPushClient } from '../../../functions/shared/aws/push.ts'
import { createSendSms } from '../../../functions/shared/aws/sms.ts'
import { type Answer, answers, type MisbehavingServer, startServer } from '../../support/misbehaving-server.ts'

// The SDK's real clients, as functions make them, against a real HTTP server that misbehaves.

const saved = { ...process.env }
let server: MisbehavingServer | undefined
afterEach(() => {
  server?.close()
  process.env = { ...saved }
})

const { signal } = new AbortController()
const options = { now: Date.now, random: () => 0, tryMs: 5000 }

const mail = {
  ...{ from: 'Shop <shop@example.com>', to: 'ann@example.com', subject: 'Ü', text: 'text', html: '<p>html</p>' },
  ...{ headers: { 'List-Unsubscribe': '<https://x>' }, tags: { tenant: 'YQ' }, configurationSet: 'set' },
}
const sms = { from: 'SHOP', to: '+4915112345678', text: 'Hi ü', context: { tenant: 'acme' }, configurationSet: 'set' }
const push = { endpoint: 'arn:aws:sns:eu-west-1:1:endpoint/GCM/app/1', title: 'Hi', body: 'there' }

const xml = (body: string, status = 200) => answers.text(body, status)
const xmlError = (code: string, status: number) =>
  xml(
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>m</Message></Error></ErrorResponse>`,
    status,
  )
const jsonError = (code: string, status: number) => answers.json({ __type: code, message: 'm' }, status)

interface Sender {
  name: string
  variable: string
  send: (tryMs?: number) => (signal: AbortSignal) => Promise<MessageOutcome>
  good: Answer
  error: (code: string, status: number) => Answer
  refusal: string
}

const SENDERS: Sender[] = [
  {
    name: 'SES',
    variable: 'SESV2',
    send: (tryMs = 5000) => {
      const sendMail = createSendMail({ ...options, tryMs })
      return (given) => sendMail(mail, given)
    },
    good: answers.json({ MessageId: 'm1' }),
    error: jsonError,
    refusal: 'MessageRejected',
  },
  {
    name: 'End User Messaging',
    variable: 'PINPOINT_SMS_VOICE_V2',
    send: (tryMs = 5000) => {
      const sendSms = createSendSms({ ...options, tryMs })
      return (given) => sendSms(sms, given)
    },
    good: answers.json({ MessageId: 'm1' }),
    error: jsonError,
    refusal: 'ConflictException',
  },
  {
    name: 'SNS',
    variable: 'SNS',
    send: (tryMs = 5000) => {
      const client = createPushClient({ ...options, tryMs })
      return (given) => client.send(push, given)
    },
    good: xml('<PublishResponse><PublishResult><MessageId>m1</MessageId></PublishResult></PublishResponse>'),
    error: xmlError,
    refusal: 'InvalidParameter',
  },
]

async function to({ variable }: Pick<Sender, 'variable'>, ...sequence: [Answer, ...Answer[]]) {
  server = await startServer(...sequence)
  Object.assign(process.env, {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'the-secret-access-key',
    [`AWS_ENDPOINT_URL_${variable}`]: server.url,
  })
  return server
}

describe.each(SENDERS)('the sender of $name', (sender) => {
  const { send, good, error, refusal } = sender

  test('hands a message over once, and gives its id', async () => {
    const { requests } = await to(sender, good)
    expect(await send()(signal)).toEqual({ outcome: 'accepted', messageId: 'm1' })
    expect(requests).toHaveLength(1)
  })

  test.each([500, 503])('takes an answer of %i for certainly not accepted, and does not repeat it', async (status) => {
    const { requests } = await to(sender, error('InternalFailure', status))
    expect(await send()(signal)).toMatchObject({ outcome: 'unavailable' })
    expect(requests).toHaveLength(1)
  })

  test('tells throttling from a failure', async () => {
    await to(sender, error('Throttling', 429))
    expect(await send()(signal)).toEqual({ outcome: 'unavailable', reason: 'throttled' })
  })

  test('takes a refused message for refused for good', async () => {
    await to(sender, error(refusal, 400))
    expect(await send()(signal)).toMatchObject({ outcome: 'refused', gone: false })
  })

  test.each([
    'UnrecognizedClientException',
    'ExpiredTokenException',
    'AccessDeniedException',
    'InvalidSignatureException',
  ])('takes refused credentials for a service that is down: %s', async (code) => {
    await to(sender, error(code, 403))
    expect(await send()(signal)).toEqual({ outcome: 'unavailable', reason: 'credentials' })
  })

  test('takes any other refusal for one of the service, which may pass', async () => {
    await to(sender, error('OptInRequired', 400))
    expect(await send()(signal)).toMatchObject({ outcome: 'unavailable' })
  })

  test.each<[string, Answer]>([
    ['a reset connection', answers.reset],
    ['a page of a proxy that claims success', answers.text('<html><p>no answer')],
    ['an answer that was cut short', answers.text('{"MessageId":"m')],
  ])('cannot tell after %s', async (_, answer) => {
    await to(sender, answer)
    expect(await send()(signal)).toMatchObject({ outcome: 'unknown' })
  })

  test('cannot tell when there is no answer in time', async () => {
    await to(sender, answers.hang)
    expect(await send(100)(signal)).toEqual({ outcome: 'unknown', reason: 'timed-out' })
  })

  test('was certainly not accepted by a host that refuses connections', async () => {
    const { close } = await to(sender, answers.hang)
    close()
    expect(await send()(signal)).toEqual({ outcome: 'unavailable', reason: 'econnrefused' })
  })
})

test('a mail has its parts, headers and tags in the fields of SES', async () => {
  const { requests } = await to({ variable: 'SESV2' }, answers.json({ MessageId: 'm1' }))
  await createSendMail(options)(mail, signal)
  expect(requests[0]).toMatchObject({ method: 'POST', url: '/v2/email/outbound-emails' })
  const utf8 = (Data: string) => ({ Data, Charset: 'UTF-8' })
  expect(JSON.parse(requests[0]?.body ?? '')).toEqual({
    FromEmailAddress: 'Shop <shop@example.com>',
    Destination: { ToAddresses: ['ann@example.com'] },
    Content: {
      Simple: {
        Subject: utf8('Ü'),
        Body: { Text: utf8('text'), Html: utf8('<p>html</p>') },
        Headers: [{ Name: 'List-Unsubscribe', Value: '<https://x>' }],
      },
    },
    EmailTags: [{ Name: 'tenant', Value: 'YQ' }],
    ConfigurationSetName: 'set',
  })
})

test('a text message has its context in the fields of End User Messaging', async () => {
  const { requests } = await to({ variable: 'PINPOINT_SMS_VOICE_V2' }, answers.json({ MessageId: 'm1' }))
  await createSendSms(options)(sms, signal)
  expect(requests[0]?.headers['x-amz-target']).toBe('PinpointSMSVoiceV2.SendTextMessage')
  expect(JSON.parse(requests[0]?.body ?? '')).toEqual({
    OriginationIdentity: 'SHOP',
    DestinationPhoneNumber: '+4915112345678',
    MessageBody: 'Hi ü',
    MessageType: 'TRANSACTIONAL',
    Context: { tenant: 'acme' },
    ConfigurationSetName: 'set',
  })
})

test('a push message is written for each platform', async () => {
  const { requests } = await to({ variable: 'SNS' }, SENDERS[2]?.good as Answer)
  await createPushClient(options).send(push, signal)
  const form = new URLSearchParams(requests[0]?.body)
  expect(form.get('TargetArn')).toBe(push.endpoint)
  expect(form.get('MessageStructure')).toBe('json')
  const message = JSON.parse(form.get('Message') ?? '')
  expect(JSON.parse(message.APNS)).toMatchObject({ aps: { alert: { title: 'Hi', body: 'there' } } })
  expect(JSON.parse(message.GCM)).toMatchObject({ fcmV1Message: { message: { notification: { title: 'Hi' } } } })
})

test.each(['EndpointDisabled', 'NotFound'])('a device’s endpoint is gone when SNS says %s', async (code) => {
  await to({ variable: 'SNS' }, xmlError(code, 400))
  expect(await createPushClient(options).send(push, signal)).toMatchObject({ outcome: 'refused', gone: true })
})

test('the endpoint of a token is that of SNS, and nothing is sent without one', async () => {
  const made =
    '<CreatePlatformEndpointResponse><CreatePlatformEndpointResult><EndpointArn>arn</EndpointArn></CreatePlatformEndpointResult></CreatePlatformEndpointResponse>'
  await to({ variable: 'SNS' }, xml(made), xmlError('InvalidParameter', 400), answers.reset)
  const { endpointOf } = createPushClient(options)
  const device = { application: 'arn:app', token: 't' }
  expect(await endpointOf(device, signal)).toEqual({ outcome: 'found', endpoint: 'arn' })
  expect(await endpointOf(device, signal)).toMatchObject({ outcome: 'refused', gone: false })
  expect(await endpointOf(device, signal)).toMatchObject({ outcome: 'unavailable' })
})

test('a backup in another region signs for it', async () => {
  const { requests } = await to({ variable: 'SESV2' }, answers.json({ MessageId: 'm1' }))
  await createSendMail({ ...options, region: 'eu-central-1' })(mail, signal)
  expect(requests[0]?.headers.authorization).toMatch(/\/eu-central-1\/ses\/aws4_request/)
})
