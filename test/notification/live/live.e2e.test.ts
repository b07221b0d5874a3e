import { token, webSocketUrl } from '../../support/cloud.ts'
import { answered, call } from '../../support/http.ts'
import { upgradeStatus, useSockets } from '../../support/socket.ts'
import { api, aSender } from '../deployed.ts'

const sender = await aSender()
await sender.category({ channels: ['inapp'] })
const connect = useSockets()

const asUser = async (sub: string, scope = 'notify:self') => {
  const bearer = await token({ sub, tenant: sender.tenant, scope })
  return (method: string, path: string, body?: object) =>
    call(`${api}${path}`, { method, token: bearer, ...(body && { body }) })
}

test('a user’s connections get new items and counts, and nobody else’s', async () => {
  const [ann, bob] = [await asUser('ann'), await asUser('bob')]
  const open = async (user: typeof ann) => {
    const { json } = answered(201, await user('POST', '/v1/ws-ticket'))
    return { socket: await connect(webSocketUrl('Notification'), json.ticket), ticket: json.ticket }
  }
  const [{ socket, ticket }, { socket: other }] = [await open(ann), await open(bob)]
  await sender.until(await sender.send({ to: { userId: 'ann' } }), 'delivered')
  const { item } = await socket.awaitFrame(({ t }) => t === 'inbox')
  expect(item).toMatchObject({ title: 'Your order', body: 'It is on its way.', category: 'orders', seenAt: null })
  await socket.awaitFrame((frame) => frame.t === 'count' && frame.unseen === 1 && frame.unread === 1)
  answered(200, await ann('POST', '/v1/users/ann/inbox/mark', { ids: [item.id], as: 'seen' }))
  await socket.awaitFrame((frame) => frame.t === 'count' && frame.unseen === 0 && frame.unread === 1)
  expect(await socket.send('ping')).toMatchObject({ ok: true })
  expect(other.frames).toEqual([])
  expect(await upgradeStatus(webSocketUrl('Notification'), ticket)).toBe(403)
})

test('a ticket is for users alone', async () => {
  const operator = await asUser('operator', 'notify:manage')
  expect((await operator('POST', '/v1/ws-ticket')).status).toBe(403)
})
