import { chatApi } from '../chat-api.ts'
import { seqOf, talk } from '../store/talk.ts'

const { call, tenant, commit, send } = await chatApi()
const { edit, remove, react } = talk(commit)

const group = async (more: object = {}) => {
  const { json } = await call('ann', 'POST /v1/rooms', { body: { kind: 'group', name: 'Tea', ...more } })
  return { tenant, room: json.id as string }
}
const add = (room: string, user: string) =>
  call('ann', `PUT /v1/rooms/${room}/members/${user}`, { body: { role: 'member' } })

/** Reads all pages of a list, and returns what `pick` takes of each page. */
async function pages(user: string, path: string, query: string) {
  const found: number[][] = []
  let cursor: string | null = ''
  while (cursor !== null && found.length < 20) {
    const { status, json } = await call(user, path, { query: cursor ? `limit=2&cursor=${cursor}` : `limit=2&${query}` })
    expect(status).toBe(200)
    found.push(json.items.map(({ seq }: { seq: number }) => seq))
    cursor = json.nextCursor
  }
  return found
}

describe('messages', () => {
  test('are listed from the newest page back, or from a number on, and each page ascends', async () => {
    const id = await group()
    for (let count = 0; count < 5; count++) await send(id, 'ann')
    await edit(id, 'ann', { target: 3 })
    const path = `GET /v1/rooms/${id.room}/messages`
    expect(await pages('ann', path, '')).toEqual([[5, 6], [3, 4], [2]])
    expect(await pages('ann', path, 'before=5')).toEqual([[3, 4], [2]])
    expect(await pages('ann', path, 'before=2')).toEqual([[]])
    expect(await pages('ann', path, 'before=1000')).toEqual([[5, 6], [3, 4], [2]])
    expect(await pages('ann', path, 'after=3')).toEqual([[4, 5], [6]])
    expect(await pages('ann', path, 'after=0')).toEqual([[2, 3], [4, 5], [6]])
    expect(await pages('ann', path, 'after=6')).toEqual([[]])
  })

  test('can’t be asked for before and after numbers at once, nor by another list’s cursor', async () => {
    const id = await group()
    for (let count = 0; count < 3; count++) await send(id, 'ann')
    const path = `GET /v1/rooms/${id.room}/messages`
    expect(await call('ann', path, { query: 'before=5&after=1' })).toMatchObject({ status: 422 })
    expect(await call('ann', path, { query: 'before=x' })).toMatchObject({ status: 422 })
    const { json } = await call('ann', path, { query: 'limit=1' })
    const events = `GET /v1/rooms/${id.room}/events`
    const asked = { query: `cursor=${json.nextCursor}` }
    expect(await call('ann', events, asked)).toMatchObject({ status: 400, json: { code: 'invalid-cursor' } })
  })

  test('show each member their own reactions', async () => {
    const id = await group()
    await add(id.room, 'bob')
    const target = seqOf(await send(id, 'ann'))
    await react(id, 'ann', { target, emoji: '👍' })
    await react(id, 'bob', { target, emoji: '👍' })
    await react(id, 'bob', { target, emoji: '🎉' })
    const seen = async (user: string) => (await call(user, `GET /v1/rooms/${id.room}/messages`)).json.items[0]
    expect(await seen('ann')).toMatchObject({ reactions: { '👍': 2, '🎉': 1 }, mine: ['👍'] })
    const { mine } = await seen('bob')
    expect(mine.sort()).toEqual(['👍', '🎉'].sort())
  })
})

describe('the log', () => {
  test('is gap-free, page by page, and shows a cid to its author alone', async () => {
    const id = await group()
    await add(id.room, 'bob')
    await send(id, 'bob', { cid: 'b1' })
    await edit(id, 'bob', { target: 3, cid: 'b2' })
    await react(id, 'ann', { target: 3, cid: 'a1' })
    const path = `GET /v1/rooms/${id.room}/events`
    expect(await pages('ann', path, '')).toEqual([[1, 2], [3, 4], [5]])
    expect(await pages('ann', path, 'after=3')).toEqual([[4, 5]])
    expect(await pages('ann', path, 'after=9')).toEqual([[]])
    const cids = async (user: string) =>
      (await call(user, path)).json.items.map(({ cid }: { cid?: string }) => cid ?? null)
    expect(await cids('bob')).toEqual([null, null, 'b1', 'b2', null])
    expect(await cids('ann')).toEqual([null, null, null, null, 'a1'])
  })
})

describe('who joins a room without a past', () => {
  test('sees nothing from before, neither in lists nor by edits, reactions and threads', async () => {
    const id = await group({ history: 'since-join' })
    const old = seqOf(await send(id, 'ann', { body: 'secret' }))
    await send(id, 'ann', { threadRoot: old, body: 'secret reply' })
    await add(id.room, 'bob')
    await edit(id, 'ann', { target: old, body: 'secret, too' })
    await react(id, 'ann', { target: old })
    const reply = seqOf(await send(id, 'ann', { threadRoot: old, body: 'public' }))
    const read = async (path: string, query = '') =>
      (await call('bob', `GET /v1/rooms/${id.room}/${path}`, { query })).json
    const { items } = await read('events', 'after=0')
    expect(items).toMatchObject([{ seq: 4 }, { type: 'edit' }, { type: 'reaction' }, { seq: reply }])
    expect(JSON.stringify([items, await read('messages', 'after=0'), await read(`threads/${old}`)])).not.toMatch(
      /secret|👍/,
    )
    expect((await read('messages')).items.map(({ seq }: { seq: number }) => seq)).toEqual([reply])
    expect((await read(`threads/${old}`)).items.map(({ seq }: { seq: number }) => seq)).toEqual([reply])
    expect(await react(id, 'bob', { target: old })).toMatchObject({ code: 'not-found' })
  })
})

describe('a thread', () => {
  test('is its first message and its replies, with tombstones', async () => {
    const id = await group()
    const root = seqOf(await send(id, 'ann'))
    await send(id, 'ann')
    for (let count = 0; count < 3; count++) await send(id, 'ann', { threadRoot: root })
    await remove(id, 'ann', { target: 5 })
    const path = `GET /v1/rooms/${id.room}/threads/${root}`
    expect(await pages('ann', path, '')).toEqual([
      [2, 4],
      [5, 6],
    ])
    expect((await call('ann', path)).json.items[2]).toMatchObject({
      seq: 5,
      body: null,
      deleted: true,
      threadRoot: root,
    })
    const other = (seq: string) => call('ann', `GET /v1/rooms/${id.room}/threads/${seq}`)
    for (const seq of ['4', '1', '99', 'x', '0']) {
      expect(await other(seq)).toMatchObject({ status: 404, json: { code: 'not-found' } })
    }
    expect((await other('3')).json).toMatchObject({ items: [{ seq: 3 }], nextCursor: null })
  })
})
