import { chatApi } from '../chat-api.ts'
import { overtaken } from '../overtaken.ts'

const { call, tenant, send, table } = await chatApi()

const direct = async (user: string, other: string) => {
  const { json } = await call(user, 'POST /v1/rooms', { body: { kind: 'direct', with: other } })
  return { tenant, room: json.id as string }
}

/** @proves chat/checked-in-the-commit */
test('a blocked user’s direct messages are refused until the block is lifted, and the other one’s are not', async () => {
  const id = await direct('ann', 'bob')
  expect((await call('ann', 'PUT /v1/blocks/bob')).status).toBe(204)
  expect((await call('ann', 'PUT /v1/blocks/bob')).status).toBe(204)
  expect(await send(id, 'bob')).toMatchObject({ outcome: 'refused', code: 'blocked' })
  expect(await send(id, 'ann')).toMatchObject({ outcome: 'committed' })
  expect((await call('ann', 'DELETE /v1/blocks/bob')).status).toBe(204)
  expect(await send(id, 'bob')).toMatchObject({ outcome: 'committed' })
  expect((await call('ann', 'DELETE /v1/blocks/bob')).json).toMatchObject({ status: 404, code: 'not-found' })
})

test('If-None-Match: * blocks only a user who isn’t blocked, once of three times at once', async () => {
  const block = () => call('ivy', 'PUT /v1/blocks/jon', { headers: { 'if-none-match': '*' } })
  const answers = await Promise.all([block(), block(), block()])
  expect(answers.map(({ status }) => status).sort()).toEqual([204, 412, 412])
  expect((await block()).json).toMatchObject({ status: 412, code: 'precondition-failed' })
  expect((await call('ivy', 'PUT /v1/blocks/jon')).status).toBe(204)
})

test('a block holds in a direct room that is created after it', async () => {
  await call('cleo', 'PUT /v1/blocks/dan')
  const id = await direct('dan', 'cleo')
  expect(await send(id, 'dan')).toMatchObject({ outcome: 'refused', code: 'blocked' })
})

test('a block changes nothing in a group', async () => {
  const { json } = await call('eva', 'POST /v1/rooms', { body: { kind: 'group', name: 'Both' } })
  await call('eva', `PUT /v1/rooms/${json.id}/members/fay`, { body: { role: 'member' } })
  await call('eva', 'PUT /v1/blocks/fay')
  expect(await send({ tenant, room: json.id }, 'fay')).toMatchObject({ outcome: 'committed' })
})

/** @proves chat/checked-in-the-commit */
test('a message that a block overtakes, after it was found allowed, is refused', async () => {
  const id = await direct('gil', 'hal')
  const first = () => call('gil', 'PUT /v1/blocks/hal')
  const sent = await overtaken(table.client, { first, work: () => send(id, 'hal') })
  expect(sent).toMatchObject({ outcome: 'refused', code: 'blocked' })
})

test('a message and a block at the same moment are one after the other, ten times of ten', async () => {
  for (let run = 0; run < 10; run++) {
    const [user, other] = [`x${run}`, `y${run}`]
    const id = await direct(user, other)
    const [sent] = await Promise.all([send(id, other), call(user, `PUT /v1/blocks/${other}`)])
    expect(['committed', 'refused']).toContain(sent.outcome)
    expect(await send(id, other)).toMatchObject({ outcome: 'refused', code: 'blocked' })
  }
})

test('nobody blocks themselves, or what can’t be a user', async () => {
  expect((await call('ann', 'PUT /v1/blocks/ann')).status).toBe(422)
  expect((await call('ann', 'PUT /v1/blocks/a%23b')).status).toBe(404)
})
