import { randomBytes } from 'node:crypto'
import { DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb'
import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs'
import { apiUrl, sdkConfig, tableName } from '../../support/cloud.ts'
import { eventually } from '../../support/eventually.ts'
import { answered, call } from '../../support/http.ts'
import { aClient } from '../a-client.ts'
import { withFaults } from '../consumer-faults.ts'
import { everywhere, linesWith, listen, physicalId, sqs } from '../deployed.ts'

// Every test that waits for a check is in this file: one of them makes the deployed checker fail for a while.

const api = apiUrl('UrlShortener')
const dynamodb = new DynamoDBClient(sdkConfig)
const unique = () => randomBytes(6).toString('hex')
let bus: Awaited<ReturnType<typeof listen>>

beforeAll(async () => {
  bus = await listen()
})
afterAll(async () => {
  await bus.stop()
  dynamodb.destroy()
})

/** Denies a domain as the README describes. */
async function deny(reason?: string): Promise<string> {
  const domain = `bad-${unique()}.example`
  const Item = { pk: { S: `D#${domain}` }, sk: { S: 'domain' }, ...(reason && { reason: { S: reason } }) }
  await dynamodb.send(new PutItemCommand({ TableName: await tableName('UrlShortener'), Item }))
  return domain
}

const visit = (code: string) => call(`${api}/${code}`)
const blocked = (code: string) => eventually(async () => answered(451, await visit(code)))
/** Waits until the state holds everywhere: an environment may still have the old one cached. */
const redirected = (code: string) => everywhere(async () => answered(302, await visit(code)))
const checksOf = async (code: string) => (await linesWith(code)).filter(({ message }) => message === 'target checked')
/**
 * Waits until the log has these outcomes of the checks of a link, in any order, and no others. Only the first check of
 * each event counts: an event may be delivered again, and then has no effect.
 */
const checked = (code: string, outcomes: string[]) =>
  eventually(async () => {
    const firsts = new Map((await checksOf(code)).reverse().map(({ event_id, outcome }) => [event_id, outcome]))
    expect([...firsts.values()].sort()).toEqual([...outcomes].sort())
  })

/** @proves url-shortener/denied-targets-blocked */
test('a link to a denied domain redirects at once, and is blocked within a minute, with an event', async () => {
  const { create, send } = await aClient()
  const domain = await deny('Phishing.')
  const link = await create({ url: `https://login.${domain}/` })
  expect([302, 451]).toContain((await visit(link.code)).status)
  const { headers, json } = await everywhere(async () => answered(451, await visit(link.code)))
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

test('a link that is changed to a denied domain is blocked, too; a change of other fields is not checked', async () => {
  const { create, change } = await aClient()
  const domain = await deny()
  const link = await create()
  await checked(link.code, ['harmless'])
  await change(link.code, { title: 'New' })
  await change(link.code, { url: `https://${domain}/` })
  await blocked(link.code)
  await checked(link.code, ['harmless', 'blocked'])
})

test('a link that leads to a denied domain by a rule, or once it has expired, is blocked, too', async () => {
  const { create, change } = await aClient()
  const domain = await deny()
  const bad = `https://${domain}/`
  const byRule = await create({ rules: [{ if: { device: 'ios' }, url: bad }] })
  const changed = await create()
  await change(changed.code, { expiredUrl: bad })
  await Promise.all([blocked(byRule.code), blocked(changed.code)])
})

/** @proves url-shortener/denied-targets-blocked */
test('a link that an administrator unblocks stays unblocked', async () => {
  const { create, unblock, send } = await aClient()
  const domain = await deny()
  const link = await create({ url: `https://${domain}/` })
  await blocked(link.code)
  await unblock(link.code)
  await bus.eventsOf(link.code, 3)
  await checked(link.code, ['blocked'])
  await redirected(link.code)
  expect((await send(`/v1/links/${link.code}`)).json.status).toBe('active')
})

test('a denied target that a blocked link gets is not lost: the link is blocked for it once it is unblocked', async () => {
  const { create, change, block, unblock } = await aClient()
  const domain = await deny('Phishing.')
  const link = await create()
  await block(link.code, 'By hand.')
  await change(link.code, { url: `https://${domain}/` })
  await checked(link.code, ['harmless', 'noted'])
  await unblock(link.code)
  await checked(link.code, ['harmless', 'noted', 'blocked'])
  await blocked(link.code)
  // An administrator who knows the target has the last word.
  await unblock(link.code)
  await redirected(link.code)
  await checked(link.code, ['harmless', 'noted', 'blocked'])
})

test('a poison message goes to the dead-letter queue at once, and the others are handled', async () => {
  const [queue, deadLetters] = await Promise.all([
    physicalId('AWS::SQS::Queue', 'TargetChecksQueue'),
    physicalId('AWS::SQS::Queue', 'TargetChecksDeadLetters'),
  ])
  const body = JSON.stringify({ detail: { type: 'url-shortener.link.created', schemaVersion: 1, id: unique() } })
  await sqs.send(new SendMessageCommand({ QueueUrl: queue, MessageBody: body }))
  const link = await (await aClient()).create()
  await checked(link.code, ['harmless'])
  const dead = await eventually(async () => {
    const input = {
      QueueUrl: deadLetters,
      MessageAttributeNames: ['All'],
      MaxNumberOfMessages: 10,
      VisibilityTimeout: 1,
    }
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(input))
    const found = Messages.find(({ Body }) => Body === body)
    if (!found) throw new Error(`The message is not among ${Messages.length} dead letters.`)
    return found
  })
  await sqs.send(new DeleteMessageCommand({ QueueUrl: deadLetters, ReceiptHandle: dead.ReceiptHandle }))
  expect(dead.MessageAttributes?.setAsideReason?.StringValue).toContain(
    'Invalid fields of a url-shortener.link.created',
  )
})

test('a failed check is retried, and an event that is delivered twice blocks once', async () => {
  const queue = await physicalId('AWS::SQS::Queue', 'TargetChecksQueue')
  const { create, unblock } = await aClient()
  const domain = await deny()
  const checker = { function: 'CheckTarget', queue: 'TargetChecksQueue' }
  await withFaults(checker, 'dynamodb.BatchGetItem', async (mend) => {
    const link = await create({ url: `https://${domain}/` })
    const [made] = await bus.eventsOf(link.code, 1)
    const logged = (message: string) =>
      eventually(async () =>
        expect(await linesWith(made?.id ?? 'none')).toContainEqual(expect.objectContaining({ message })),
      )
    await logged('message failed')
    await mend()
    await blocked(link.code)
    await logged('message handled')

    const [created, block] = await bus.eventsOf(link.code, 2)
    await unblock(link.code)
    await sqs.send(new SendMessageCommand({ QueueUrl: queue, MessageBody: JSON.stringify({ detail: created }) }))
    // A message that takes longer than the shortened visibility timeout is delivered even more often.
    await eventually(async () => {
      const [first, ...others] = (await checksOf(link.code)).map(({ outcome }) => outcome).sort()
      expect([first, ...new Set(others)]).toEqual(['blocked', 'left'])
    })
    await redirected(link.code)
    expect((await bus.eventsOf(link.code, 3)).map(({ sequence }) => sequence)).toEqual([1, 2, 3])
    expect(block?.causationId).toBe(created?.id)
  })
})

test('one trace covers the request, the event and the consumer’s log line', async () => {
  const traceId = randomBytes(16).toString('hex')
  const traceparent = `00-${traceId}-00f067aa0ba902b7-01`
  const { json, headers } = answered(201, await (await aClient()).post({}, { traceparent }))
  const [event] = await bus.eventsOf(json.code, 1)
  const correlationId = headers.get('x-request-id')
  expect(event?.traceparent).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`))
  expect(event?.correlationId).toBe(correlationId)

  const PARTS = [
    'url-shortener-management: invocation',
    'url-shortener-publisher: event published',
    'url-shortener-check-target: target checked',
    'url-shortener-check-target: message handled',
  ]
  const lines = await eventually(async () => {
    const found = await linesWith(traceId)
    const story = found.map(({ service, message }) => `${service}: ${message}`)
    expect(story).toEqual(expect.arrayContaining(PARTS))
    return found
  })
  for (const line of lines) expect([line.trace_id, line.correlation_id]).toEqual([traceId, correlationId])
  expect(lines.find(({ message }) => message === 'target checked')).toMatchObject({ event_id: event?.id })
})

test('the record of a block is an item beside the link, with the reason', async () => {
  const domain = await deny('Malware.')
  const link = await (await aClient()).create({ url: `https://${domain}/` })
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
