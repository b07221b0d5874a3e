import { eventually } from '../support/eventually.ts'
import { answered } from '../support/http.ts'
import { aSender } from './deployed.ts'

const sender = await aSender()
await sender.category({ digest: { windowSeconds: 10, maxItems: 3 } })
const texts = { subject: '{{count}} comments', text: '{{#items}}[{{title}}]{{/items}}' }
answered(201, await sender.call('PUT /v1/templates/comments', { channels: { email: texts }, digest: true }))

const comment = (to: object, title: string, given: object = {}) =>
  sender.send({ to, template: 'comments', content: undefined, data: { title }, ...given })

test('comments of a window are one mail at its end, without those that were cancelled', async () => {
  const to = { email: 'window@example.com' }
  const first = await comment(to, 'one')
  await sender.until(first, 'digesting')
  const cancelled = await comment(to, 'two')
  await sender.until(cancelled, 'digesting')
  const { json } = await sender.call(`GET /v1/notifications/${first}/why`)
  expect(json.channels).toMatchObject([{ channel: 'email', used: false, decisive: 'digest' }])
  expect(answered(200, await sender.call(`DELETE /v1/notifications/${cancelled}`)).json).toEqual({
    channels: { email: 'cancelled' },
  })
  const done = await sender.until(first, 'delivered')
  expect(done.timeline.map(({ event }: { event: string }) => event)).toEqual([
    'accepted',
    'digesting',
    'sending',
    'delivered',
  ])
  await sender.until(cancelled, 'cancelled')
  expect(await sender.outbox(to.email)).toMatchObject([{ subject: '1 comments', text: '[one]' }])
  await eventually(async () => {
    const { items } = (await sender.call('GET /v1/notifications')).json
    expect(items.map(({ id }: { id: string }) => id).sort()).toEqual([first, cancelled].sort())
  })
})

test('a full window is sent at once, and what is critical is sent by itself', async () => {
  const to = { email: 'full@example.com' }
  const digest = { windowSeconds: 600, maxItems: 3 }
  answered(200, await sender.call('PUT /v1/categories/orders', { channels: ['email'], onUncertain: 'retry', digest }))
  const ids = [await comment(to, 'one'), await comment(to, 'two')]
  for (const id of ids) await sender.until(id, 'digesting')
  const critical = await comment(to, 'now', { priority: 'critical' })
  await sender.until(critical, 'delivered')
  ids.push(await comment(to, 'three'))
  for (const id of ids) await sender.until(id, 'delivered')
  const sent = (await sender.outbox(to.email)).map(({ text }) => text)
  expect(sent.sort()).toEqual(['[now]', '[one][two][three]'])
})
