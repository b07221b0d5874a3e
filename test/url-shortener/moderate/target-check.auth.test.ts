import { randomBytes } from 'node:crypto'
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { SendMessageCommand } from '@aws-sdk/client-sqs'
import { apiUrl, sdkConfig, tableName } from '../../support/cloud.ts'
import { eventually } from '../../support/eventually.ts'
import { answered, call } from '../../support/http.ts'
import { aClient } from '../a-client.ts'
import { countOf, linesWith, listen, physicalId, sqs } from '../deployed.ts'
import { report } from './report-client.ts'

const api = apiUrl('UrlShortener')
const unique = randomBytes(6).toString('hex')
const visited = (code: string, status: number) => eventually(async () => answered(status, await call(`${api}/${code}`)))

test('with IAM enforced, the roles allow blocking, reporting, publishing, checking and setting aside', async () => {
  const bus = await listen()
  const dynamodb = new DynamoDBClient(sdkConfig)
  try {
    const { create, block, unblock } = await aClient()
    const mine = await create()
    await block(mine.code, 'Spam.')
    await visited(mine.code, 451)
    await unblock(mine.code)
    await visited(mine.code, 302)
    await report({ code: mine.code, reason: 'Spam.' })
    expect(await bus.eventsOf(mine.code, 4)).toHaveLength(4)

    const domain = `bad-${unique}.example`
    const Item = { pk: { S: `D#${domain}` }, sk: { S: 'domain' } }
    await dynamodb.send(new PutItemCommand({ TableName: await tableName('UrlShortener'), Item }))
    const bad = await create({ url: `https://${domain}/` })
    await visited(bad.code, 451)
  } finally {
    await bus.stop()
    dynamodb.destroy()
  }
})

test('with IAM enforced, invalid messages and invalid events are set aside', async () => {
  const queue = await physicalId('AWS::SQS::Queue', 'TargetChecksQueue')
  const [refused, unpublished] = await Promise.all([
    physicalId('AWS::SQS::Queue', 'TargetChecksDeadLetters'),
    physicalId('AWS::SQS::Queue', 'OutboxDeadLetters'),
  ])
  const before = [await countOf(refused), await countOf(unpublished)]
  const since = Date.now()
  await sqs.send(new SendMessageCommand({ QueueUrl: queue, MessageBody: `no JSON ${unique}` }))
  const dynamodb = new DynamoDBClient(sdkConfig)
  const Item = { pk: { S: `L#${unique}` }, sk: { S: 'link' }, event: { M: { operationId: { S: unique } } } }
  await dynamodb.send(new PutItemCommand({ TableName: await tableName('UrlShortener'), Item }))
  dynamodb.destroy()
  // Each may be delivered, and set aside, more than once.
  await eventually(async () => {
    expect(await countOf(refused)).toBeGreaterThan(before[0] ?? 0)
    expect(await countOf(unpublished)).toBeGreaterThan(before[1] ?? 0)
    const aside = (await linesWith('event set aside')).filter(({ timestamp }) => Date.parse(timestamp) >= since)
    expect(aside).toContainEqual(expect.objectContaining({ reason: 'The sequence is undefined' }))
  })
})
