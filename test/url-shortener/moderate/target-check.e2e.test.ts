import { randomBytes } from 'node:crypto'
import { DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb'
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda'
import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs'
import { apiUrl, sdkConfig, tableName, token } from '../../support/cloud.ts'
import { type Call, call } from '../../support/http.ts'
import { DEADLINE, linesWith, listen, physicalId, sqs, until } from '../deployed.ts'

const api = apiUrl('UrlShortener')
const dynamodb = new DynamoDBClient(sdkConfig)
const lambda = new LambdaClient(sdkConfig)
const unique = () => randomBytes(6).toString('hex')
let bus: Awaited<ReturnType<typeof listen>>

beforeAll(async () => {
  bus = await listen()
})
afterAll(async () => {
  await bus.stop()
  dynamodb.destroy()
})

/** As the README tells an operator to. */
async function deny(reason?: string): Promise<string> {
  const domain = `bad-${unique()}.example`
  const Item = { pk: { S: `D#${domain}` }, sk: { S: 'domain' }, ...(reason && { reason: { S: reason } }) }
  await dynamodb.send(new PutItemCommand({ TableName: await tableName('UrlShortener'), Item }))
  return domain
}

async function send(path: string, options: Call = {}) {
  const bearer = await token({ sub: 'user-1', tenant: 'target-check', scope: 'links:read links:write links:admin' })
  return call(`${api}${path}`, { token: bearer, ...options })
}
const create = async (url: string) => (await send('/v1/links', { method: 'POST', body: { url } })).json
const statusOf = async (code: string) => (await call(`${api}/${code}`)).status
/** A visit's function remembers a link for 3 s. */
const redirected = (code: string) =>
  until(
    () => statusOf(code),
    (status) => status === 302,
  )
const blocked = (code: string, deadline = DEADLINE) =>
  until(
    () => statusOf(code),
    (status) => status === 451,
    deadline,
  )
/** Until the check of a link is in the log: how it ended. */
const checked = async (code: string) => {
  const lines = await until(
    () => linesWith(code),
    (found) => found.some(({ message }) => message === 'target checked'),
  )
  return lines.filter(({ message }) => message === 'target checked').map(({ outcome }) => outcome)
}

test('a link to a denied domain redirects at once, and is blocked within a minute, with an event', async () => {
  const domain = await deny('Phishing.')
  const link = await create(`https://login.${domain}/`)
  expect([302, 451]).toContain(await statusOf(link.code))
  expect(await blocked(link.code)).toBe(451)
  const { headers, json } = await call(`${api}/${link.code}`)
  expect([headers.get('location'), json.code, headers.get('cache-control')]).toEqual([
    null,
    'blocked',
    'private, no-store',
  ])
  expect((await send(`/v1/links/${link.code}`)).json.status).toBe('blocked')
  const [created, block] = await bus.eventsOf(link.code, 2)
  expect(block).toMatchObject({
    type: 'url-shortener.link.blocked',
    sequence: 2,
    data: { reason: 'Phishing.', blockedBy: null },
    causationId: created?.id,
    correlationId: created?.correlationId,
  })
})

test('so is a link that is led to one later; a change of anything else is not checked', async () => {
  const domain = await deny()
  const link = await create('https://example.com/')
  expect(await checked(link.code)).toEqual(['harmless'])
  await send(`/v1/links/${link.code}`, { method: 'PATCH', body: { title: 'New' } })
  await send(`/v1/links/${link.code}`, { method: 'PATCH', body: { url: `https://${domain}/` } })
  expect(await blocked(link.code)).toBe(451)
  expect((await checked(link.code)).sort()).toEqual(['blocked', 'harmless'])
})

test('so is a link that leads to one by a rule, or after its end', async () => {
  const domain = await deny()
  const bad = `https://${domain}/`
  const make = (body: object) => send('/v1/links', { method: 'POST', body: { url: 'https://example.com/', ...body } })
  const byRule = await make({ rules: [{ if: { device: 'ios' }, url: bad }] })
  const changed = await make({})
  await send(`/v1/links/${changed.json.code}`, { method: 'PATCH', body: { expiredUrl: bad } })
  for (const { json } of [byRule, changed]) expect(await blocked(json.code)).toBe(451)
})

test('an administrator lets it go again, and it stays so', async () => {
  const domain = await deny()
  const link = await create(`https://${domain}/`)
  expect(await blocked(link.code)).toBe(451)
  expect((await send(`/v1/links/${link.code}/block`, { method: 'DELETE' })).status).toBe(204)
  expect(await redirected(link.code)).toBe(302)
  expect((await send(`/v1/links/${link.code}`)).json.status).toBe('active')
  await bus.eventsOf(link.code, 3)
  expect(await checked(link.code)).toEqual(['blocked'])
  expect(await redirected(link.code)).toBe(302)
})

test('a bad target that a link gets while it is blocked is not lost: the link is blocked for it when that block ends', async () => {
  const domain = await deny('Phishing.')
  const link = await create('https://example.com/')
  const block = (method: string, body?: object) => send(`/v1/links/${link.code}/block`, { method, body })
  await block('PUT', { reason: 'By hand.' })
  await send(`/v1/links/${link.code}`, { method: 'PATCH', body: { url: `https://${domain}/` } })
  await until(
    () => checked(link.code),
    (outcomes) => outcomes.includes('noted'),
  )
  await block('DELETE')
  await until(
    () => checked(link.code),
    (outcomes) => outcomes.includes('blocked'),
  )
  expect(await blocked(link.code)).toBe(451)
  // An administrator who knows the target has the last word.
  await block('DELETE')
  expect(await redirected(link.code)).toBe(302)
  expect((await checked(link.code)).sort()).toEqual(['blocked', 'harmless', 'noted'])
})

test('poison ends in the dead-letter queue at once, and the good ones go on', async () => {
  const [queue, deadLetters] = await Promise.all([
    physicalId('AWS::SQS::Queue', 'TargetChecksQueue'),
    physicalId('AWS::SQS::Queue', 'TargetChecksDeadLetters'),
  ])
  const body = JSON.stringify({ detail: { type: 'url-shortener.link.created', schemaVersion: 1, id: unique() } })
  await sqs.send(new SendMessageCommand({ QueueUrl: queue, MessageBody: body }))
  const link = await create('https://example.com/')
  expect(await checked(link.code)).toEqual(['harmless'])
  const receive = async () => {
    const input = {
      QueueUrl: deadLetters,
      MessageAttributeNames: ['All'],
      MaxNumberOfMessages: 10,
      VisibilityTimeout: 1,
    }
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(input))
    return Messages.find(({ Body }) => Body === body)
  }
  const dead = await until(receive, (message) => message !== undefined)
  await sqs.send(new DeleteMessageCommand({ QueueUrl: deadLetters, ReceiptHandle: dead?.ReceiptHandle }))
  expect(dead?.MessageAttributes?.setAsideReason?.StringValue).toContain(
    'A url-shortener.link.created with wrong fields',
  )
})

test('a check that fails is done again, and an event that comes twice blocks once', async () => {
  const [queue, name] = await Promise.all([
    physicalId('AWS::SQS::Queue', 'TargetChecksQueue'),
    physicalId('AWS::Lambda::Function', 'TargetChecker'),
  ])
  // Until they are taken away: other tests have their links checked meanwhile. The next try comes after the visibility
  // timeout, which is 30 s as deployed.
  const FAULTS = JSON.stringify([{ operation: 'dynamodb.BatchGetItem', rate: 1, error: 'server' }])
  const environment = (await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name }))).Environment
  const configure = async (variables: Record<string, string>, visibility: number) => {
    const Environment = { Variables: { ...environment?.Variables, ...variables } }
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: name, Environment }))
    await waitUntilFunctionUpdatedV2({ client: lambda, maxWaitTime: 20, minDelay: 1 }, { FunctionName: name })
    const Attributes = { VisibilityTimeout: String(visibility) }
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl: queue, Attributes }))
  }
  const domain = await deny()
  await configure({ FAULTS }, 2)
  try {
    const link = await create(`https://${domain}/`)
    const [made] = await bus.eventsOf(link.code, 1)
    const messages = async () => (await linesWith(made?.id ?? 'none')).map(({ message }) => message)
    await until(messages, (found) => found.includes('message failed'))
    await configure({}, 2)
    expect(await blocked(link.code)).toBe(451)
    await until(messages, (found) => found.includes('message handled'))

    const [created, block] = await bus.eventsOf(link.code, 2)
    await send(`/v1/links/${link.code}/block`, { method: 'DELETE' })
    await sqs.send(new SendMessageCommand({ QueueUrl: queue, MessageBody: JSON.stringify({ detail: created }) }))
    const outcomes = await until(
      () => checked(link.code),
      (found) => found.length >= 2,
    )
    // A message that takes longer than the short visibility timeout comes even more often.
    const [first, ...others] = outcomes.sort()
    expect([first, ...new Set(others)]).toEqual(['blocked', 'left'])
    expect(await redirected(link.code)).toBe(302)
    expect((await bus.eventsOf(link.code, 3)).map(({ sequence }) => sequence)).toEqual([1, 2, 3])
    expect(block?.causationId).toBe(created?.id)
  } finally {
    await configure({}, 30)
  }
})

test('the record of a block is beside the link, with the reason', async () => {
  const domain = await deny('Malware.')
  const link = await create(`https://${domain}/`)
  await blocked(link.code)
  const { Items = [] } = await dynamodb.send(
    new QueryCommand({
      TableName: await tableName('UrlShortener'),
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: `L#${link.code}` } },
    }),
  )
  expect(Items.map(({ sk, reason }) => [sk?.S, reason?.S])).toEqual([
    ['block', 'Malware.'],
    ['link', undefined],
  ])
})
