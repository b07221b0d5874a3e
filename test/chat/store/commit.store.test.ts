import { roomsTable } from './rooms-table.ts'

const { group, send, log } = await roomsTable()

test('senders who race get one gap-free sequence, and every message that was acknowledged is in it once', async () => {
  const users = ['ann', 'bob', 'cleo', 'dan']
  const id = await group(users)
  const results = await Promise.all(
    users.flatMap((user) => Array.from({ length: 5 }, (_, index) => send(id, user, { body: `${user} ${index}` }))),
  )
  const acked = results.flatMap((result) => (result.outcome === 'committed' ? [result.seq] : []))
  const events = await log(id)
  expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: acked.length + 1 }, (_, index) => index + 1))
  expect(acked.sort((a, b) => a - b)).toEqual(events.slice(1).map(({ seq }) => seq))
  expect(results.filter(({ outcome }) => outcome !== 'committed' && outcome !== 'contended')).toEqual([])
})

test('the same cid sent at the same moment is one message', async () => {
  const id = await group(['ann'])
  const results = await Promise.all(Array.from({ length: 8 }, () => send(id, 'ann', { cid: 'one' })))
  const committed = results.filter(({ outcome }) => outcome === 'committed')
  expect(committed.filter((result) => 'dup' in result && !result.dup)).toHaveLength(1)
  expect(new Set(committed.map((result) => 'seq' in result && result.seq))).toEqual(new Set([2]))
  expect(await log(id)).toHaveLength(2)
})
