import { MAX_EDIT_BODIES } from '../../../functions/chat/domain/message.ts'
import { roomsTable } from './rooms-table.ts'
import { history, seqOf, talk } from './talk.ts'

const { group, send, log, commit, store } = await roomsTable()
const { edit, remove, react } = talk(commit)
const { messages, events } = history(store)

test('an edit changes the body alone, in the view, the log and the list of rooms', async () => {
  const id = await group(['ann', 'bob'])
  const root = seqOf(await send(id, 'bob', { body: 'Root' }))
  const target = seqOf(await send(id, 'ann', { body: 'Helo', mentions: ['bob'], threadRoot: root }))
  const seq = seqOf(await edit(id, 'ann', { target, body: 'Hello' }))
  const { items } = await messages(id, 'bob')
  expect(items.at(-1)).toMatchObject({ seq: target, body: 'Hello', mentions: ['bob'], threadRoot: root })
  expect(items.at(-1)?.editedAt).toBeDefined()
  expect((await events(id, 'bob')).items.at(-1)).toMatchObject({ seq, type: 'edit', target, body: 'Hello' })
})

/** @proves chat/deleted-is-erased */
test('a deleted message leaves neither its bodies nor its reactions anywhere, however often it was edited', async () => {
  const id = await group(['ann', 'bob'])
  const target = seqOf(await send(id, 'ann', { body: 'secret 0' }))
  for (let count = 1; count <= MAX_EDIT_BODIES + 3; count++) {
    expect(await edit(id, 'ann', { target, body: `secret ${count}` })).toMatchObject({ outcome: 'committed' })
  }
  await react(id, 'bob', { target })
  const before = await log(id)
  expect(before.filter(({ erased }) => erased).map(({ seq }) => seq)).toEqual([3, 4, 5])
  const seq = seqOf(await remove(id, 'ann', { target }))
  expect(JSON.stringify(await log(id))).not.toContain('secret')
  const { items } = await messages(id, 'bob')
  expect(items).toStrictEqual([
    {
      seq: target,
      ts: expect.any(String),
      user: 'ann',
      body: null,
      editedAt: expect.any(String),
      deleted: true,
      attachments: [],
      mentions: [],
      reactions: {},
      mine: [],
    },
  ])
  expect(await remove(id, 'ann', { target })).toEqual({ outcome: 'committed', seq, at: expect.any(Number), dup: true })
})

/** @proves chat/deleted-is-erased */
test('an edit and a deletion of the same message at the same moment leave no body', async () => {
  const id = await group(['ann'])
  for (let round = 0; round < 5; round++) {
    const target = seqOf(await send(id, 'ann', { body: `secret ${round}` }))
    const [edited, removed] = await Promise.all([
      edit(id, 'ann', { target, body: `secret edit ${round}` }),
      remove(id, 'ann', { target }),
    ])
    expect(removed.outcome).toBe('committed')
    expect(edited).toMatchObject(edited.outcome === 'refused' ? { code: 'conflict' } : { outcome: 'committed' })
    expect(JSON.stringify([await log(id), await messages(id, 'ann')])).not.toContain('secret')
  }
})

test('reactions of users who react at the same moment are all counted, each once', async () => {
  const users = ['ann', 'bob', 'cleo', 'dan', 'eve', 'fay']
  const id = await group(users)
  const target = seqOf(await send(id, 'ann'))
  const until = async (user: string) => {
    for (let tries = 0; tries < 20; tries++) {
      const result = await react(id, user, { target })
      if (result.outcome === 'committed') return result.dup
    }
    throw new Error(`${user} never got through`)
  }
  const dups = await Promise.all([...users, ...users].map(until))
  expect(dups.filter((dup) => !dup)).toHaveLength(users.length)
  const { items } = await messages(id, 'bob')
  expect(items[0]).toMatchObject({ reactions: { '👍': users.length }, mine: ['👍'] })
  expect((await log(id)).filter(({ type }) => type === 'reaction')).toHaveLength(users.length)
})

test('the same reaction again, and taking back none, add no event', async () => {
  const id = await group(['ann', 'bob'])
  const target = seqOf(await send(id, 'ann'))
  expect(await react(id, 'bob', { target, remove: true })).toMatchObject({ dup: true, seq: target })
  const seq = seqOf(await react(id, 'bob', { target }))
  expect(await react(id, 'bob', { target })).toMatchObject({ dup: true, seq })
  expect(await react(id, 'bob', { target, remove: true })).toMatchObject({ dup: false, seq: seq + 1 })
  expect((await messages(id, 'bob')).items[0]).toMatchObject({ reactions: {}, mine: [] })
  expect(await log(id)).toHaveLength(4)
})

type Act = (id: Parameters<typeof send>[0], cid: string) => ReturnType<typeof send>

/** By action, a commit and another one, which asks for something else. */
const ACTIONS: Record<string, { act: Act; other: Act }> = {
  send: {
    act: (id, cid) => send(id, 'ann', { cid, body: 'x' }),
    other: (id, cid) => send(id, 'ann', { cid, body: 'y' }),
  },
  edit: {
    act: (id, cid) => edit(id, 'ann', { cid, target: 2 }),
    other: (id, cid) => edit(id, 'ann', { cid, target: 3 }),
  },
  delete: {
    act: (id, cid) => remove(id, 'ann', { cid, target: 2 }),
    other: (id, cid) => remove(id, 'ann', { cid, target: 3 }),
  },
  react: {
    act: (id, cid) => react(id, 'ann', { cid, target: 2 }),
    other: (id, cid) => edit(id, 'ann', { cid, target: 2 }),
  },
}

test.each(
  Object.entries(ACTIONS),
)('the same cid of %s, sent eight times at the same moment, is one event, and no other commit can have it', async (_, {
  act,
  other,
}) => {
  const id = await group(['ann'])
  await send(id, 'ann')
  await send(id, 'ann')
  const results = await Promise.all(Array.from({ length: 8 }, () => act(id, 'one')))
  expect(results.filter(({ outcome }) => outcome === 'refused')).toEqual([])
  const committed = results.filter(({ outcome }) => outcome === 'committed')
  expect(committed.filter((result) => 'dup' in result && !result.dup)).toHaveLength(1)
  expect(new Set(committed.map(seqOf))).toEqual(new Set([4]))
  expect(await log(id)).toHaveLength(4)
  expect(await act(id, 'one')).toMatchObject({ outcome: 'committed', seq: 4, dup: true })
  expect(await other(id, 'one')).toMatchObject({ outcome: 'refused', code: 'conflict' })
})
