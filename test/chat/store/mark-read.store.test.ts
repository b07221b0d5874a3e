import { createMarkRead } from '../../../functions/chat/store/mark-read.ts'
import { roomsTable } from './rooms-table.ts'

const { group, send, table, store } = await roomsTable()
const markRead = createMarkRead(table)
const { signal } = new AbortController()

const readOf = async (id: Awaited<ReturnType<typeof group>>, user: string) =>
  (await store.read({ ...id, user }, signal))?.member.read

test('a marker moves forward only, and not beyond the newest event', async () => {
  const id = await group(['ann', 'bob'])
  for (let count = 0; count < 3; count++) await send(id, 'ann')
  expect(await markRead({ ...id, user: 'bob', seq: 3 }, signal)).toEqual({ outcome: 'read', seq: 3, moved: true })
  expect(await markRead({ ...id, user: 'bob', seq: 2 }, signal)).toEqual({ outcome: 'read', seq: 3, moved: false })
  expect(await markRead({ ...id, user: 'bob', seq: 99 }, signal)).toEqual({ outcome: 'read', seq: 4, moved: true })
  expect(await readOf(id, 'bob')).toBe(4)
  expect(await readOf(id, 'ann')).toBe(1)
})

test('devices that mark at the same moment leave the highest number', async () => {
  const id = await group(['ann', 'bob'])
  for (let count = 0; count < 5; count++) await send(id, 'ann')
  await Promise.all([4, 2, 6, 3, 5].map((seq) => markRead({ ...id, user: 'bob', seq }, signal)))
  expect(await readOf(id, 'bob')).toBe(6)
})

test('a marker is in no commit’s way, and no commit moves it', async () => {
  const id = await group(['ann', 'bob'])
  const marks = Promise.all([1, 2, 3].map((seq) => markRead({ ...id, user: 'ann', seq }, signal)))
  for (let count = 0; count < 3; count++) await send(id, 'ann')
  await marks
  await markRead({ ...id, user: 'ann', seq: 4 }, signal)
  await send(id, 'ann')
  expect(await readOf(id, 'ann')).toBe(4)
})

test('only members of a room have a marker', async () => {
  const id = await group(['ann'])
  expect(await markRead({ ...id, user: 'eve', seq: 1 }, signal)).toEqual({ outcome: 'not-member' })
  expect(await markRead({ ...id, room: 'nowhere', user: 'ann', seq: 1 }, signal)).toEqual({ outcome: 'not-member' })
})
