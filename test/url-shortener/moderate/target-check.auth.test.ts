import { randomBytes } from 'node:crypto'
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { SendMessageCommand } from '@aws-sdk/client-sqs'
import { apiUrl, sdkConfig, tableName, token } from '../../support/cloud.ts'
import { type Call, call } from '../../support/http.ts'
import { countOf, linesWith, listen, physicalId, sqs, until } from '../deployed.ts'

const api = apiUrl('UrlShortener')
const unique = randomBytes(6).toString('hex')
const send = async (path: string, options: Call = {}) => {
  const bearer = await token({ sub: 'user-1', tenant: `tenant-${unique}`, scope: 'links:read links:write links:admin' })
  return call(`${api}${path}`, { token: bearer, ...options })
}
const statusOf = async (code: string) => (await call(`${api}/${code}`)).status

test('with IAM enforced, the roles allow to block, report, publish, check and set aside', async () => {
  const bus = await listen()
  const dynamodb = new DynamoDBClient(sdkConfig)
  try {
    const { json: mine } = await send('/v1/links', { method: 'POST', body: { url: 'https://example.com/' } })
    const block = `/v1/links/${mine.code}/block`
    expect((await send(block, { method: 'PUT', body: { reason: 'Spam.' } })).status).toBe(204)
    expect(await statusOf(mine.code)).toBe(451)
    expect((await send(block, { method: 'DELETE' })).status).toBe(204)
    const freed = await until(
      () => statusOf(mine.code),
      (found) => found === 302,
    )
    expect(freed).toBe(302)
    const report = { method: 'POST', body: { code: mine.code, reason: 'Spam.' } }
    expect((await call(`${api}/v1/reports`, report)).status).toBe(202)
    expect(await bus.eventsOf(mine.code, 4)).toHaveLength(4)

    const domain = `bad-${unique}.example`
    const Item = { pk: { S: `D#${domain}` }, sk: { S: 'domain' } }
    await dynamodb.send(new PutItemCommand({ TableName: await tableName('UrlShortener'), Item }))
    const { json: bad } = await send('/v1/links', { method: 'POST', body: { url: `https://${domain}/` } })
    const status = await until(
      () => statusOf(bad.code),
      (found) => found === 451,
    )
    expect(status).toBe(451)
  } finally {
    await bus.stop()
    dynamodb.destroy()
  }
})

test('with IAM enforced, what is no message and what is no event are set aside', async () => {
  const queue = await physicalId('AWS::SQS::Queue', 'TargetChecksQueue')
  const [refused, unpublished] = await Promise.all([
    physicalId('AWS::SQS::Queue', 'TargetChecksDeadLetters'),
    physicalId('AWS::SQS::Queue', 'OutboxDeadLetters'),
  ])
  const before = [await countOf(refused), await countOf(unpublished)]
  await sqs.send(new SendMessageCommand({ QueueUrl: queue, MessageBody: `no JSON ${unique}` }))
  const dynamodb = new DynamoDBClient(sdkConfig)
  const Item = { pk: { S: `L#${unique}` }, sk: { S: 'link' }, event: { M: { operationId: { S: unique } } } }
  await dynamodb.send(new PutItemCommand({ TableName: await tableName('UrlShortener'), Item }))
  dynamodb.destroy()
  const after = before.map((count) => count + 1)
  const counts = await until(
    async () => [await countOf(refused), await countOf(unpublished)],
    (found) => String(found) === String(after),
  )
  expect(counts).toEqual(after)
  expect(await linesWith(unique)).toContainEqual(expect.objectContaining({ reason: 'The sequence is undefined' }))
})
