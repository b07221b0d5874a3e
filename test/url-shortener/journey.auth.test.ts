import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import { apiUrl, sdkConfig, tableName, token } from '../support/cloud.ts'
import { call } from '../support/http.ts'

const api = apiUrl('UrlShortener')

test('with IAM enforced, a link is made, followed and healthy by what the functions’ own roles allow', async () => {
  const writer = await token({ sub: 'user-1', tenant: 'acme', scope: 'links:write' })
  const created = await call(`${api}/v1/links`, {
    method: 'POST',
    token: writer,
    body: { url: 'https://example.com/' },
  })
  expect(created.status).toBe(201)
  const followed = await call(`${api}/${created.json.code}`)
  expect([followed.status, followed.headers.get('location')]).toEqual([302, 'https://example.com/'])
  expect((await call(`${api}/health`)).json).toEqual({ status: 'ok', dependencies: { database: 'ok' } })
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
