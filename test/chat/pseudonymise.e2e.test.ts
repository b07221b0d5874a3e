import { randomUUID } from 'node:crypto'
import { token } from '../support/cloud.ts'
import { eventually } from '../support/eventually.ts'
import { answered, call } from '../support/http.ts'
import { api, chatUsers, hasEvent } from './deployed.ts'

/** The promise of the API, in milliseconds. */
const A_MINUTE = { deadlineMs: 60_000 }

/** @proves chat/pseudonymised */
test('within a minute a user is gone from members, log and view, and disconnected, and others go on', async () => {
  const [ann, bob, eve] = await chatUsers('ann', 'bob', 'eve')
  const room = await bob.group([ann, eve])
  const [own, theirs] = await Promise.all([ann.connect(), bob.connect()])
  const say = (user: typeof ann, more: object = {}) =>
    user.call(`POST /v1/rooms/${room}/messages`, { cid: randomUUID(), body: 'Hello', ...more })
  const { seq } = answered(201, await say(bob)).json
  answered(201, await say(ann, { mentions: ['bob'] }))
  await theirs.awaitFrame(hasEvent(room, seq + 1))

  const erase = async (scope: string) =>
    call(`${api}/v1/users/bob`, { method: 'DELETE', token: await token({ sub: 'boss', tenant: ann.tenant, scope }) })
  expect((await erase('chat')).status).toBe(403)
  answered(202, await erase('chat:admin'))
  answered(202, await erase('chat:admin'))
  const read = async (path: string) => answered(200, await ann.call(`GET /v1/rooms/${room}${path}`)).json
  await eventually(async () => {
    const all = [await read(''), await read('/members'), await read('/messages'), await read('/events')]
    expect(JSON.stringify(all)).not.toContain('bob')
  }, A_MINUTE)
  await theirs.closed
  expect((await read('/members')).items).toMatchObject([{ user: 'ann', role: 'owner' }, { user: 'eve' }])
  const [first, second] = (await read('/messages')).items
  expect([first.body, second.mentions]).toEqual(['Hello', [first.user]])
  const later = await ann.say(room, 'Still here')
  await own.awaitFrame(hasEvent(room, later))
  expect((await bob.call(`GET /v1/rooms/${room}`)).status).toBe(404)
})
