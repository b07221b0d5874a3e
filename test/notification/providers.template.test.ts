import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { functionOf, variableOf } from '../support/grants.ts'
import { at, objectsIn, ofType, stackOf, stacksWith } from '../support/templates.ts'

const POOL = 'arn:aws:sms-voice:eu-west-1:123456789012:pool/pool-1a2b'
const FCM = 'arn:aws:sns:eu-west-1:123456789012:app/GCM/shop'

const settings = { emailFrom: 'Shop <shop@example.com>', smsFrom: POOL, pushApplications: `fcm=${FCM}` }
const stackWith = (more: Record<string, string> = {}) => stackOf(stacksWith(more), 'Notification')
const [bare, full] = [stackWith(), stackWith({ ...settings, backupRegion: 'eu-central-1' })]

const statementsOf = ({ resources }: typeof full, action: string) =>
  ofType(resources, 'AWS::IAM::Policy').flatMap(({ properties }) =>
    objectsIn(at(properties.PolicyDocument, 'Statement')).filter(({ Action }) => [Action].flat().includes(action)),
  )

test('without settings nothing of a sending service is deployed, and nobody may send', () => {
  const types = bare.resources.map(({ type }) => type)
  expect(types.filter((type) => /::(SES|SMSVOICE)::/.test(type))).toEqual([])
  for (const action of ['ses:SendEmail', 'sms-voice:SendTextMessage', 'sns:Publish']) {
    expect(statementsOf(bare, action)).toEqual([])
  }
})

test('the three workers may send, by the identities and applications of the settings alone', () => {
  for (const action of ['ses:SendEmail', 'sms-voice:SendTextMessage', 'sns:CreatePlatformEndpoint', 'sns:Publish']) {
    const statements = statementsOf(full, action)
    expect(statements).toHaveLength(3)
    expect(JSON.stringify(statements.map(({ Resource }) => Resource))).not.toContain('"*"')
  }
  const [mail, sms, push] = ['ses:SendEmail', 'sms-voice:SendTextMessage', 'sns:Publish'].map((action) =>
    JSON.stringify(statementsOf(full, action)[0]?.Resource),
  )
  for (const identity of ['identity/shop@example.com', 'identity/example.com', 'eu-central-1']) {
    expect(mail).toContain(identity)
  }
  expect(sms).toContain(POOL)
  expect(sms).toContain(POOL.replace('eu-west-1', 'eu-central-1'))
  expect(push).toContain(`${FCM.replace(':app/', ':endpoint/')}/*`)
})

test('bounces, complaints, deliveries and rejections of mails, and all that happens to text messages, go to the topic', () => {
  const [mail] = ofType(full.resources, 'AWS::SES::ConfigurationSetEventDestination')
  expect(at(mail?.properties.EventDestination, 'MatchingEventTypes')).toEqual([
    'delivery',
    'bounce',
    'complaint',
    'reject',
  ])
  const [topic] = ofType(full.resources, 'AWS::SNS::Topic').filter(({ id }) => id.startsWith('Providers'))
  expect(at(mail?.properties.EventDestination, 'SnsDestination', 'TopicARN')).toEqual({ Ref: topic?.id })
  const [sms] = ofType(full.resources, 'AWS::SMSVOICE::ConfigurationSet')
  expect(sms?.properties.EventDestinations).toMatchObject([
    { Enabled: true, MatchingEventTypes: ['TEXT_ALL'], SnsDestination: { TopicArn: { Ref: topic?.id } } },
  ])
})

test('the topic takes events of this account alone, and hands them to the queue of receipts as they are', () => {
  const [subscription] = ofType(full.resources, 'AWS::SNS::Subscription')
  expect(subscription?.properties).toMatchObject({
    Protocol: 'sqs',
    RawMessageDelivery: true,
    Endpoint: { 'Fn::GetAtt': [expect.stringMatching(/^ReceiptsQueue/), 'Arn'] },
    RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': [expect.stringMatching(/^ReceiptsDeadLetters/), 'Arn'] } },
  })
  const policies = ofType(full.resources, 'AWS::SNS::TopicPolicy').flatMap(({ properties }) =>
    objectsIn(at(properties.PolicyDocument, 'Statement')),
  )
  expect(policies).toContainEqual(
    expect.objectContaining({
      Sid: 'ServicesPublish',
      Principal: { Service: ['ses.amazonaws.com', 'sms-voice.amazonaws.com'] },
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    }),
  )
})

test('the API lists what is deployed: a backup after its primary, and the outbox only in dev', () => {
  const listed = (stack: typeof full) => JSON.parse(String(variableOf(functionOf(stack, 'Operate'), 'PROVIDERS')))
  const names = (stack: typeof full) => listed(stack).map(({ name, role }: Record<string, string>) => `${name} ${role}`)
  expect(names(full)).toEqual([
    'ses primary',
    'ses-backup backup',
    'end-user-messaging primary',
    'end-user-messaging-backup backup',
    'sns primary',
    'webhook primary',
    'inbox primary',
  ])
  expect(names(bare)).toEqual([
    'outbox primary',
    'outbox primary',
    'outbox primary',
    'webhook primary',
    'inbox primary',
  ])
  expect(names(stackWith({ stage: 'prod' }))).toEqual(['webhook primary', 'inbox primary'])
})

test('webhooks may go to the machine itself only where a setting says so', () => {
  const insecure = stackWith({ allowInsecureWebhooks: 'true' })
  for (const name of ['Api', 'Manage', 'DeliverCritical', 'DeliverNormal', 'DeliverBulk']) {
    expect(variableOf(functionOf(insecure, name), 'ALLOW_INSECURE_URLS')).toBe('true')
    expect(variableOf(functionOf(bare, name), 'ALLOW_INSECURE_URLS')).toBeUndefined()
  }
})

test('workers load the clients of sending services only when they send, each from a file of its own', async () => {
  for (const [file, name] of [
    ['email', 'createSendMail'],
    ['sms', 'createSendSms'],
    ['push', 'createPushClient'],
  ]) {
    const directory = join(process.cwd(), '.build', 'notification', 'deliver-normal')
    const chunks = readdirSync(directory).map((chunk) => readFileSync(join(directory, chunk), 'utf8'))
    expect(chunks.filter((code) => code.includes(`import("./${file}.mjs")`))).toHaveLength(1)
    const loaded = await import(join(directory, `${file}.mjs`))
    expect(typeof loaded[name as string]).toBe('function')
  }
})
