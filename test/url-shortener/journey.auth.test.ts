import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import { apiUrl, sdkConfig, tableName, token } from '../support/cloud.ts'
import { type Call, call } from '../support/http.ts'

const api = apiUrl('UrlShortener')

test('with IAM enforced, the functions’ own roles allow all that their routes do', async () => {
  const bearer = await token({ sub: 'user-1', tenant: 'acme', scope: 'links:write links:read' })
  const send = (path: string, options: Call = {}) => call(`${api}${path}`, { token: bearer, ...options })
  const body = { url: 'https://example.com/' }
  for (const key of ['one', 'two']) {
    const keyed = { method: 'POST', body, headers: { 'idempotency-key': key } }
    expect([(await send('/v1/links', keyed)).status, (await send('/v1/links', keyed)).status]).toEqual([201, 201])
  }
  // The second page needs the secret that seals cursors.
  const first = await send('/v1/links?limit=1')
  const second = await send(`/v1/links?limit=1&cursor=${first.json.nextCursor}`)
  expect([first.json.items.length, second.json.items.length, second.json.nextCursor]).toEqual([1, 1, null])
  const { code } = first.json.items[0]
  expect((await send(`/v1/links/${code}`)).status).toBe(200)
  expect((await send(`/v1/links/${code}`, { method: 'PATCH', body: { title: 'new' } })).status).toBe(200)
  const followed = await call(`${api}/${code}`)
  expect([followed.status, followed.headers.get('location')]).toEqual([302, 'https://example.com/'])
  expect((await send(`/v1/links/${code}`, { method: 'DELETE' })).status).toBe(204)
  expect((await call(`${api}/${code}`)).status).toBe(410)
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
