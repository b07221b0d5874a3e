import { eventually } from '../support/eventually.ts'
import { answered } from '../support/http.ts'
import { inTime, undisturbed } from '../support/undisturbed.ts'
import { aSender } from './deployed.ts'

const texts = { subject: '{{count}} comments', text: '{{#items}}[{{title}}]{{/items}}' }

/** A sender whose comments gather, to an address of a tenant of its own. A mail that may have been sent isn't repeated. */
async function aCommenter(digest: { windowSeconds: number; maxItems: number }) {
  const sender = await aSender()
  await sender.category({ digest, onUncertain: 'drop' })
  answered(201, await sender.call('PUT /v1/templates/comments', { channels: { email: texts }, digest: true }))
  const to = { email: 'reader@example.com' }
  const comment = (title: string, given: object = {}) =>
    sender.send({ to, template: 'comments', content: undefined, data: { title }, ...given })
  return { ...sender, comment, mails: () => sender.outbox(to.email) }
}

/** Sends two comments of one window, and cancels the second one before the window ends. */
async function cancelOneOfTwo(windowMs: number) {
  const sender = await aCommenter({ windowSeconds: windowMs / 1000, maxItems: 3 })
  const first = await sender.comment('one')
  await sender.until(first, 'digesting')
  const cancelled = await sender.comment('two')
  await sender.until(cancelled, 'digesting')
  const { json } = answered(200, await sender.call(`GET /v1/notifications/${first}/why`))
  expect(json.channels).toMatchObject([{ channel: 'email', used: false, decisive: 'digest' }])
  expect(answered(200, await sender.call(`DELETE /v1/notifications/${cancelled}`)).json).toEqual({
    channels: { email: 'cancelled' },
  })
  return { sender, first, cancelled }
}

test('comments of a window are one mail at its end, without those that were cancelled', async () => {
  await undisturbed(async () => {
    const { sender, first, cancelled } = await inTime(cancelOneOfTwo, { lastsMs: 10_000, maxTries: 4 })
    const done = await sender.until(first, 'delivered')
    expect(done.timeline.map(({ event }: { event: string }) => event)).toEqual([
      'accepted',
      'digesting',
      'sending',
      'delivered',
    ])
    await sender.until(cancelled, 'cancelled')
    expect(await sender.mails()).toMatchObject([{ subject: '1 comments', text: '[one]' }])
    await eventually(async () => {
      const { items } = answered(200, await sender.call('GET /v1/notifications')).json
      expect(items.map(({ id }: { id: string }) => id).sort()).toEqual([first, cancelled].sort())
    })
  })
})

test('a full window is sent at once, and what is critical is sent by itself', async () => {
  await undisturbed(async () => {
    const sender = await aCommenter({ windowSeconds: 600, maxItems: 3 })
    const ids = [await sender.comment('one'), await sender.comment('two')]
    for (const id of ids) await sender.until(id, 'digesting')
    const critical = await sender.comment('now', { priority: 'critical' })
    await sender.until(critical, 'delivered')
    ids.push(await sender.comment('three'))
    for (const id of ids) await sender.until(id, 'delivered')
    const sent = (await sender.mails()).map(({ text }) => text)
    expect(sent.sort()).toEqual(['[now]', '[one][two][three]'])
  })
})
