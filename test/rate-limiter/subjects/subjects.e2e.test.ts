import { eventually } from '../../support/eventually.ts'
import { answered } from '../../support/http.ts'
import { aTenant } from '../deployed.ts'

const HOURLY = { limit: 800, windowMs: 3_600_000 }

test('the state says what a subject used of each policy, whatever its algorithm', async () => {
  const { put, check, send } = await aTenant()
  await put('fixed', HOURLY)
  await put('sliding', { ...HOURLY, algorithm: 'sliding-window' })
  await put('bucket', { ...HOURLY, algorithm: 'token-bucket', burst: 10 })
  await put('sharded', { ...HOURLY, shards: 4 })
  await put('seats', { algorithm: 'concurrency', limit: 5 })
  for (const policy of ['fixed', 'sliding', 'bucket', 'sharded']) await check([{ policy, subject: 'a', cost: 3 }])
  await send('POST /v1/slots', { policy: 'seats', subject: 'a', ttlMs: 60_000 })
  const { items } = answered(200, await send('GET /v1/subjects/state?subject=a')).json
  const used = Object.fromEntries(
    items.map(({ policy, used: units }: { policy: string; used: number }) => [policy, units]),
  )
  expect(used).toEqual({ bucket: 3, fixed: 3, seats: 1, sharded: 3, sliding: 3 })
  const unused = answered(200, await send('GET /v1/subjects/state?subject=b&policy=seats')).json.items
  expect(unused).toEqual([{ policy: 'seats', limit: 5, used: 0, remaining: 5, resetMs: 0 }])
})

test('a state of many policies comes in pages', async () => {
  const { put, send } = await aTenant()
  for (const name of ['a', 'b', 'c']) await put(name, HOURLY)
  const first = (await send('GET /v1/subjects/state?subject=x&limit=2')).json
  const second = (await send(`GET /v1/subjects/state?subject=x&limit=2&cursor=${first.nextCursor}`)).json
  expect([first.items.length, second.items.length, second.nextCursor]).toEqual([2, 1, null])
})

test('a reset forgets what was used, blocks and slots, of one policy or of all', async () => {
  const { put, check, send, stateOf } = await aTenant()
  await put('one', { ...HOURLY, limit: 1, blockMs: 3_600_000 })
  await put('other', HOURLY)
  await put('sharded', { ...HOURLY, shards: 8 })
  await put('seats', { algorithm: 'concurrency', limit: 1 })
  const use = () => Promise.all(['one', 'other', 'sharded'].map((policy) => check([{ policy, subject: 'a' }])))
  await use()
  expect((await check([{ policy: 'one', subject: 'a' }])).json.allowed).toBe(false)
  await send('POST /v1/slots', { policy: 'seats', subject: 'a', ttlMs: 3_600_000 })

  answered(204, await send('POST /v1/subjects/reset', { subject: 'a', policy: 'one' }))
  expect([await stateOf('a', 'one'), await stateOf('a', 'other')]).toMatchObject([{ used: 0 }, { used: 1 }])
  // An environment remembers a denial for a second.
  await eventually(async () => expect((await check([{ policy: 'one', subject: 'a' }])).json.allowed).toBe(true))

  answered(204, await send('POST /v1/subjects/reset', { subject: 'a' }))
  const { items } = (await send('GET /v1/subjects/state?subject=a')).json
  expect(items.map(({ used }: { used: number }) => used)).toEqual([0, 0, 0, 0])
  answered(201, await send('POST /v1/slots', { policy: 'seats', subject: 'a', ttlMs: 1000 }))
})

test('a policy that is not there is 422 unknown-policy', async () => {
  const { send } = await aTenant()
  expect((await send('GET /v1/subjects/state?subject=a&policy=none')).json.code).toBe('unknown-policy')
  expect((await send('POST /v1/subjects/reset', { subject: 'a', policy: 'none' })).json.code).toBe('unknown-policy')
})
