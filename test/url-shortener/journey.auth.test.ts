import { randomUUID } from 'node:crypto'
import { DynamoDBClient, PutItemCommand, paginateScan, ScanCommand } from '@aws-sdk/client-dynamodb'
import { journey, scope } from '../../lib/url-shortener/journey.ts'
import { runJourney } from '../../tools/smoke/run-journey.ts'
import { apiUrl, newTenant, sdkConfig, tableName, token } from '../support/cloud.ts'
import { answered } from '../support/http.ts'
import { aClient } from './a-client.ts'
import { aJobsClient } from './jobs-client.ts'

const api = apiUrl('UrlShortener')

test('with IAM enforced, the functions’ roles allow everything that their routes do', async () => {
  const bearer = await token({ sub: 'user-1', tenant: newTenant(), scope })
  const lines: string[] = []
  const failures = await runJourney({ url: api, token: bearer, journey, print: (line) => lines.push(line) })
  expect([failures, lines.length]).toEqual([[], 34])
})

test('they also allow importing a file', async () => {
  const { importFile } = await aJobsClient()
  const state = await importFile('url,title\nhttps://example.com/1,One\nhttps://example.com/2,Two\n')
  expect(state).toMatchObject({ status: 'done', total: 2, done: 2 })
})

test('they also allow deleting the response to an Idempotency-Key that is older than a day', async () => {
  const { tenant, post } = await aClient()
  const headers = { 'idempotency-key': randomUUID() }
  answered(201, await post({ url: 'https://example.com/' }, headers))
  expect(await expireKeys(tenant)).toBe(1)
  const second = answered(201, await post({ url: 'https://example.org/' }, headers))
  expect(second.json.url).toBe('https://example.org/')
})

test('IAM is enforced in this test: a call with unknown credentials is refused', async () => {
  const stranger = new DynamoDBClient({
    ...sdkConfig,
    credentials: { accessKeyId: 'AKIASTRANGER', secretAccessKey: 'x' },
  })
  const scan = stranger.send(new ScanCommand({ TableName: await tableName('UrlShortener') }))
  await expect(scan).rejects.toMatchObject({ $fault: 'client' })
  stranger.destroy()
})

/**
 * Makes the stored responses expire, as if a day had passed, and returns their number. DynamoDB has not deleted them
 * yet.
 */
async function expireKeys(tenant: string): Promise<number> {
  const client = new DynamoDBClient(sdkConfig)
  const TableName = await tableName('UrlShortener')
  const keys = {
    TableName,
    FilterExpression: 'begins_with(pk, :prefix)',
    ExpressionAttributeValues: { ':prefix': { S: `I#${tenant}#` } },
  }
  let count = 0
  for await (const { Items = [] } of paginateScan({ client }, keys)) {
    for (const item of Items) {
      await client.send(new PutItemCommand({ TableName, Item: { ...item, keptUntil: { N: '1' }, ttl: { N: '1' } } }))
      count += 1
    }
  }
  client.destroy()
  return count
}
