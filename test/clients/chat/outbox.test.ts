import { aClient, aConnectedClient, settle, text } from './a-client.ts'

const HOUR = 3_600_000
const refuse = (id: string, code: string, retryAfterMs?: number) => ({
  t: 'ack',
  id,
  ok: false,
  code,
  message: 'No.',
  retryAfterMs,
})

test('what is sent without a connection waits, and goes out in the order of the calls', async () => {
  const { chat, client, clock } = aClient()
  const sent = ['one', 'two', 'three'].map((body) => client.send({ room: 'r', body }))
  expect(client.pending('r').map(({ status }) => status)).toEqual(['waiting', 'waiting', 'waiting'])
  client.start()
  await clock.advance(1000)
  expect((await Promise.all(sent)).map(({ seq }) => seq)).toEqual([1, 2, 3])
  expect(chat.log.room('r').events).toMatchObject([{ body: 'one' }, { body: 'two' }, { body: 'three' }])
  expect(client.pending('r')).toEqual([])
})

test('one commit a room is on its way, and rooms do not wait for each other', async () => {
  const { chat, client } = await aConnectedClient()
  chat.answer = ({ action, room }) => (action === 'send' && room === 'r' ? undefined : 'pass')
  client.send({ room: 'r', body: 'one' }).catch(() => {})
  client.send({ room: 'r', body: 'two' }).catch(() => {})
  const other = client.send({ room: 'other', body: 'one' })
  await settle()
  expect(await other).toMatchObject({ seq: 1 })
  expect(chat.frames('send').map(({ body }) => body)).toEqual(['one', 'one'])
  expect(client.pending('r').map(({ status }) => status)).toEqual(['sent', 'waiting'])
})

test('a lost ack, and a lost event with it, is followed by the same cid until there is an answer', async () => {
  const { chat, client, clock } = await aConnectedClient()
  chat.answer = (frame) => {
    if (frame.action !== 'send') return 'pass'
    chat.log.commit('r', 'ann', { ...text(frame.body), cid: frame.cid })
    chat.answer = () => 'pass'
    return undefined
  }
  const sent = client.send({ room: 'r', body: 'hello' })
  await clock.advance(11_000)
  expect(await sent).toMatchObject({ seq: 1, dup: true })
  const cids = chat.frames('send').map(({ cid }) => cid)
  expect(cids).toEqual([cids[0], cids[0]])
})

test('a connection that was lost before the ack is followed by the same cid over the next one', async () => {
  const { chat, client, clock } = await aConnectedClient()
  chat.answer = (frame, socket) => {
    if (frame.action !== 'send' || socket !== chat.sockets[0]) return 'pass'
    chat.log.commit('r', 'ann', { ...text(frame.body), cid: frame.cid })
    socket.drop()
    return undefined
  }
  const sent = client.send({ room: 'r', body: 'hello' })
  const next = client.send({ room: 'r', body: 'after it' })
  await clock.advance(1000)
  expect(await sent).toMatchObject({ seq: 1 })
  expect(await next).toMatchObject({ seq: 2, dup: false })
  expect(chat.log.room('r').events).toHaveLength(2)
})

test('a commit’s own event is as good as its ack, and the next commit does not wait for the ack', async () => {
  const { chat, client } = await aConnectedClient({ positions: { r: 0 } })
  chat.answer = (frame) => {
    if (frame.action !== 'send') return 'pass'
    chat.commit('r', { ...text(frame.body), cid: frame.cid }, 'ann')
    return undefined
  }
  const sent = ['one', 'two'].map((body) => client.send({ room: 'r', body }))
  await settle()
  expect(await Promise.all(sent)).toMatchObject([
    { seq: 1, dup: false },
    { seq: 2, dup: false },
  ])
  expect(chat.frames('send')).toHaveLength(2)
})

test.each([
  'CONFLICT_RETRY',
  'RATE_LIMITED',
  'UNAVAILABLE',
])('%s is followed by the same cid, not before the time that the service names, and those behind it wait', async (code) => {
  const { chat, client, clock } = await aConnectedClient()
  chat.answer = ({ action, id }) => (action === 'send' ? refuse(id, code, 4000) : 'pass')
  const sent = ['one', 'two'].map((body) => client.send({ room: 'r', body }))
  await settle()
  chat.answer = () => 'pass'
  await clock.advance(4000)
  expect(chat.frames('send')).toHaveLength(1)
  await clock.advance(1000)
  expect((await Promise.all(sent)).map(({ seq }) => seq)).toEqual([1, 2])
  const cids = chat.frames('send').map(({ cid }) => cid)
  expect(cids[0]).toBe(cids[1])
  expect(cids[2]).not.toBe(cids[1])
})

test('a refusal for good fails its commit alone', async () => {
  const { chat, client } = await aConnectedClient()
  chat.answer = ({ action, id, body }) => (action === 'send' && body === 'bad' ? refuse(id, 'TOO_LARGE') : 'pass')
  const bad = client.send({ room: 'r', body: 'bad', cid: 'cid-1' })
  const good = client.send({ room: 'r', body: 'good' })
  await expect(bad).rejects.toMatchObject({
    name: 'CommitFailed',
    code: 'TOO_LARGE',
    outcome: 'not-committed',
    cid: 'cid-1',
    message: 'No.',
  })
  expect(await good).toMatchObject({ seq: 1 })
})

test('more commits than may wait are refused at once, and none of those that wait is dropped', async () => {
  const { client, clock } = aClient({ maxPending: 2 })
  const sent = ['one', 'two'].map((body) => client.send({ room: 'r', body }))
  await expect(client.send({ room: 'other', body: 'three' })).rejects.toMatchObject({
    code: 'queue-full',
    outcome: 'not-committed',
  })
  client.start()
  await clock.advance(1000)
  expect(await Promise.all(sent)).toHaveLength(2)
  expect(await client.send({ room: 'other', body: 'three' })).toMatchObject({ seq: 1 })
})

test('a commit that was never sent in its time is not committed, and one without an answer is unknown', async () => {
  const { chat, client, clock } = await aConnectedClient()
  chat.answer = ({ action }) => (action === 'send' ? undefined : 'pass')
  const failures = Promise.allSettled(['one', 'two'].map((body) => client.send({ room: 'r', body })))
  await clock.advance(HOUR)
  expect(await failures).toMatchObject([
    { reason: { code: 'expired', outcome: 'unknown' } },
    { reason: { code: 'expired', outcome: 'not-committed' } },
  ])
  expect(client.pending('r')).toEqual([])
})

test('a machine that slept sends nothing that is too old to be recognised', async () => {
  const { chat, client, clock } = await aConnectedClient()
  chat.answer = ({ action }) => (action === 'send' ? undefined : 'pass')
  const sent = client.send({ room: 'r', body: 'one' })
  const failed = expect(sent).rejects.toMatchObject({ code: 'expired', outcome: 'unknown' })
  await settle()
  clock.set(clock.now() + 25 * HOUR)
  chat.socket().drop()
  await clock.advance(1)
  await failed
  expect(chat.frames('send')).toHaveLength(1)
})

test('closing fails what has no answer, and says which of them may have been committed', async () => {
  const { chat, client } = await aConnectedClient()
  chat.answer = ({ action }) => (action === 'send' ? undefined : 'pass')
  const failures = Promise.allSettled(['one', 'two'].map((body) => client.send({ room: 'r', body })))
  await settle()
  client.close()
  expect(await failures).toMatchObject([
    { reason: { code: 'closed', outcome: 'unknown' } },
    { reason: { code: 'closed', outcome: 'not-committed' } },
  ])
  await expect(client.send({ room: 'r', body: 'late' })).rejects.toMatchObject({ code: 'closed' })
})

test('a commit is pending until its event was delivered, whichever comes first', async () => {
  const { chat, client, clock } = await aConnectedClient({ positions: { r: 0 } })
  chat.socket().losesEvents = true
  expect(await client.send({ room: 'r', body: 'hello' })).toMatchObject({ seq: 1 })
  expect(client.pending('r')).toMatchObject([{ status: 'committed', fields: { body: 'hello' } }])
  chat.socket().losesEvents = false
  chat.commit('r', text('next'))
  await clock.advance(1000)
  expect(client.pending('r')).toEqual([])
})

test('what an earlier session sent is found by its cid, whether its event came before or comes after', async () => {
  const { chat, client, clock } = await aConnectedClient({ positions: { r: 0 } })
  chat.commit('r', { ...text('before'), cid: 'cid-1' }, 'ann')
  await clock.advance(100)
  expect(await client.send({ room: 'r', body: 'before', cid: 'cid-1' })).toMatchObject({ seq: 1, dup: true })
  expect(client.pending('r')).toEqual([])
  chat.answer = ({ action }) => (action === 'send' ? undefined : 'pass')
  client.send({ room: 'r', body: 'without an answer' }).catch(() => {})
  const sent = client.send({ room: 'r', body: 'after', cid: 'cid-2' })
  chat.commit('r', { ...text('after'), cid: 'cid-2' }, 'ann')
  expect(await sent).toMatchObject({ seq: 2 })
})

test('what is committed before the first list of rooms is pending no more when the room begins after it', async () => {
  const { chat, client, clock } = aClient()
  let release = () => {}
  const isAllowed = new Promise<never>((resolve) => {
    release = resolve as () => void
  })
  chat.respond = ({ url }) => (url.pathname === '/v1/rooms' ? isAllowed : undefined)
  client.start()
  await settle()
  chat.socket().losesEvents = true
  await client.send({ room: 'r', body: 'one' })
  expect(client.pending('r').map(({ status }) => status)).toEqual(['committed'])
  chat.socket().losesEvents = false
  release()
  await clock.advance(1000)
  expect(client.state().status).toBe('online')
  expect(client.pending('r')).toEqual([])
})

test('what is committed to a room that was left is pending no more', async () => {
  const { chat, client } = await aConnectedClient({ positions: { r: 0 } })
  chat.socket().losesEvents = true
  await client.send({ room: 'r', body: 'hello' })
  expect(client.pending('r')).toHaveLength(1)
  chat.socket().push({ t: 'removed', room: 'r', seq: 2 })
  await settle()
  expect(client.pending('r')).toEqual([])
})

test('edits, deletions and reactions go the same way as messages', async () => {
  const { chat, client, clock, seqs } = await aConnectedClient({ positions: { r: 0 } })
  const commits = [
    client.send({ room: 'r', body: 'hello', mentions: ['bob'] }),
    client.edit({ room: 'r', target: 1, body: 'hello!' }),
    client.react({ room: 'r', target: 1, emoji: '👍' }),
    client.delete({ room: 'r', target: 1 }),
  ]
  await clock.advance(1000)
  expect((await Promise.all(commits)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4])
  expect(seqs('r')).toEqual([1, 2, 3, 4])
  expect(chat.log.room('r').events).toMatchObject([
    { type: 'message', body: 'hello', mentions: ['bob'] },
    { type: 'edit', target: 1, body: 'hello!' },
    { type: 'reaction', target: 1, emoji: '👍' },
    { type: 'delete', target: 1 },
  ])
})

test('each commit has a cid of its own, that no other client has', async () => {
  const { chat, client, clock } = await aConnectedClient()
  for (const body of ['one', 'one']) client.send({ room: 'r', body }).catch(() => {})
  await clock.advance(1000)
  const cids = chat.frames('send').map(({ cid }) => cid)
  expect(new Set(cids).size).toBe(2)
  for (const cid of cids) expect(cid).toMatch(/^[0-9a-f]{32}$/)
})
