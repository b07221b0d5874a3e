import { randomUUID } from 'node:crypto'
import { aClient } from '../a-client.ts'

test('the API may read, write and delete the pointers of plain links', async () => {
  const client = await aClient()
  const send = (path: string, method: string, body?: object) => client.send(`/v1/links${path}`, { method, body })
  const body = { url: `https://example.com/${randomUUID()}`, reuse: true }
  const [first, again] = [await send('', 'POST', body), await send('', 'POST', body)]
  expect([first.status, again.status, again.json.code]).toEqual([201, 200, first.json.code])
  const link = `/${first.json.code}`
  const statuses = [
    (await send(link, 'PATCH', { maxClicks: 1 })).status,
    (await send(link, 'PATCH', { maxClicks: null })).status,
    (await send(`${link}/block`, 'PUT', { reason: 'Spam.' })).status,
    (await send(`${link}/block`, 'DELETE')).status,
    (await send(link, 'DELETE')).status,
    (await send('', 'POST', body)).status,
  ]
  expect(statuses).toEqual([200, 200, 204, 204, 204, 201])
})
