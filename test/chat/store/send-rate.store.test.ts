import { roomsTable } from './rooms-table.ts'
import { talk } from './talk.ts'

let now = Date.now()
const burst = 5
const { group, send, commit, log } = await roomsTable({ now: () => now, rate: { perSecond: 1, burst } })
const { react, remove } = talk(commit)

/** @proves chat/checked-in-the-commit */
test('a user who sends at the same moment as often as possible never exceeds the rate', async () => {
  const id = await group(['ann', 'bob'])
  const until = async (index: number) => {
    for (let tries = 0; tries < 20; tries++) {
      const result = await send(id, 'ann', { cid: `c${index}` })
      if (result.outcome !== 'contended') return result
    }
    throw new Error('It never got through')
  }
  const results = await Promise.all(Array.from({ length: 12 }, (_, index) => until(index)))
  const refused = results.filter(({ outcome }) => outcome === 'refused')
  expect(refused).toHaveLength(12 - burst)
  expect(refused[0]).toMatchObject({ code: 'rate-limited', retryAfterMs: 1000 })
  // All actions share the tokens, and each user has its own.
  expect(await react(id, 'ann', { target: 2 })).toMatchObject({ code: 'rate-limited' })
  expect(await react(id, 'bob', { target: 2 })).toMatchObject({ outcome: 'committed' })
  now += 1000
  expect(await send(id, 'ann')).toMatchObject({ outcome: 'committed' })
  expect(await send(id, 'ann')).toMatchObject({ code: 'rate-limited' })
  expect((await log(id)).filter(({ user, type }) => user === 'ann' && type === 'message')).toHaveLength(burst + 1)
})

test('a repeat, and what changes nothing, cost no token', async () => {
  const id = await group(['ann'])
  await send(id, 'ann', { cid: 'one' })
  await remove(id, 'ann', { target: 2 })
  for (let count = 0; count < burst; count++) {
    expect(await send(id, 'ann', { cid: 'one' })).toMatchObject({ outcome: 'committed', dup: true })
    expect(await remove(id, 'ann', { target: 2 })).toMatchObject({ outcome: 'committed', dup: true })
  }
  expect(await send(id, 'ann')).toMatchObject({ outcome: 'committed', dup: false })
})
