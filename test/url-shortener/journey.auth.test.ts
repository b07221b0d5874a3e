import { randomUUID } from 'node:crypto'
import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import { journey, scope } from '../../lib/url-shortener/journey.ts'
import { runJourney } from '../../tools/smoke/run-journey.ts'
import { apiUrl, sdkConfig, tableName, token } from '../support/cloud.ts'
import { call } from '../support/http.ts'

const api = apiUrl('UrlShortener')

test('with IAM enforced, the functions’ own roles allow all that their routes do', async () => {
  const bearer = await token({ sub: 'user-1', tenant: 'acme', scope })
  const lines: string[] = []
  const failures = await runJourney({ url: api, token: bearer, journey, print: (line) => lines.push(line) })
  expect([failures, lines.length]).toEqual([[], 31])
})

test('nor is the permission missing that only a key older than a day needs: to delete its answer', async () => {
  const bearer = await token({ sub: 'user-1', tenant: 'acme', scope })
  const headers = { 'idempotency-key': randomUUID() }
  const create = (url: string) => call(`${api}/v1/links`, { method: 'POST', token: bearer, body: { url }, headers })
  const first = await create('https://example.com/')
  await expireKeys('acme')
  const second = await create('https://example.org/')
  expect([first.status, second.status, second.json.url]).toEqual([201, 201, 'https://example.org/'])
})

test('IAM is enforced here: a call with unknown credentials is refused', async () => {
  const stranger = new DynamoDBClient({
    ...sdkConfig,
    credentials: { accessKeyId: 'AKIASTRANGER', secretAccessKey: 'x' },
  })
  const scan = stranger.send(new ScanCommand({ TableName: await tableName('UrlShortener') }))
  await expect(scan).rejects.toMatchObject({ $fault: 'client' })
  stranger.destroy()
})

/** As if a day had passed: DynamoDB has not deleted the answers yet, and they count no more. */
async function expireKeys(tenant: string): Promise<void> {
  const dynamodb = new DynamoDBClient(sdkConfig)
  const TableName = await tableName('UrlShortener')
  try {
    const { Items = [] } = await dynamodb.send(
      new ScanCommand({
        TableName,
        FilterExpression: 'begins_with(pk, :prefix)',
        ExpressionAttributeValues: { ':prefix': { S: `I#${tenant}#` } },
      }),
    )
    for (const item of Items) {
      await dynamodb.send(new PutItemCommand({ TableName, Item: { ...item, keptUntil: { N: '1' }, ttl: { N: '1' } } }))
    }
  } finally {
    dynamodb.destroy()
  }
}
