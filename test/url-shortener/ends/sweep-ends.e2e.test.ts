import { randomBytes } from 'node:crypto'
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import type { Link } from '../../../functions/url-shortener/domain/link.ts'
import { capKeyOf, toItem } from '../../../functions/url-shortener/store/items.ts'
import { CAP, keyOf } from '../../../functions/url-shortener/store/keys.ts'
import { patientDynamoDB, sdkConfig, setFunctionEnvironment, tableName } from '../../support/cloud.ts'
import { eventually } from '../../support/eventually.ts'
import { aLink } from '../a-link.ts'
import { linesWith, listen, physicalId } from '../deployed.ts'

setFunctionEnvironment()
const dynamodb = patientDynamoDB()
const lambda = new LambdaClient(sdkConfig)
const PAST = '2026-01-01T00:00:00.000Z'
let bus: Awaited<ReturnType<typeof listen>>
let table: string
let FunctionName: string

beforeAll(async () => {
  bus = await listen()
  table = await tableName('UrlShortener')
  FunctionName = await physicalId('AWS::Lambda::Function', 'SweepEnds')
})
afterAll(async () => {
  await bus.stop()
  lambda.destroy()
})

const unique = () => randomBytes(6).toString('hex')
const put = (Item: ReturnType<typeof toItem>) => dynamodb.send(new PutItemCommand({ TableName: table, Item }))

async function aStoredLink(link: Partial<Link>): Promise<string> {
  const code = `e2e-${unique()}`
  await put(toItem(aLink({ ...link, code, version: unique() })))
  return code
}

/** Invokes the sweep as the hourly schedule does. */
async function sweep(id = unique()) {
  const { FunctionError } = await lambda.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify({ id }) }))
  expect(FunctionError).toBeUndefined()
  return id
}

/** @proves url-shortener/ends-once */
test('the ends of links that nobody visits are recorded once each, by any number of concurrent runs', async () => {
  const expired = await aStoredLink({ expiresAt: PAST })
  const exhausted = await aStoredLink({ maxClicks: 3 })
  const counter = { clicks: { N: '3' }, maxClicks: { N: '3' }, code: { S: exhausted } }
  await put({ ...keyOf(exhausted, CAP), ...counter, ...capKeyOf(exhausted) })
  const runs = await Promise.all([sweep(), sweep(), sweep()])

  const [first] = await bus.eventsOf(expired, 1)
  expect(first).toMatchObject({ type: 'url-shortener.link.expired', tenant: 'acme', data: { expiresAt: PAST } })
  expect(runs).toContain(first?.correlationId)
  const [second] = await bus.eventsOf(exhausted, 1)
  expect(second).toMatchObject({ type: 'url-shortener.link.exhausted', data: { maxClicks: 3 } })

  // A later run records only the ends since then.
  const later = await aStoredLink({ expiresAt: PAST })
  await sweep()
  await bus.eventsOf(later, 1)
  expect(await bus.eventsOf(expired, 1)).toHaveLength(1)
  expect(await bus.eventsOf(exhausted, 1)).toHaveLength(1)
})

test('a link that has not ended is left alone, and each run logs its progress', async () => {
  const open = await aStoredLink({ expiresAt: '2999-01-01T00:00:00.000Z' })
  const due = await aStoredLink({ expiresAt: PAST })
  const id = await sweep()
  await bus.eventsOf(due, 1)
  const end = await eventually(async () => {
    const [found] = (await linesWith(id)).filter(({ message }) => message === 'invocation')
    expect(found).toMatchObject({ outcome: 'ok', failed: 0, complete: true })
    return found
  })
  expect(end.expired).toBeGreaterThanOrEqual(1)
  const { Item } = await dynamodb.send(new GetItemCommand({ TableName: table, Key: keyOf(open), ConsistentRead: true }))
  expect(Item?.ended).toBeUndefined()
})
