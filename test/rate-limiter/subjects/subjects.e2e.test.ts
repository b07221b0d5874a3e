import { eventually } from '../../support/eventually.ts'
import { answered } from '../../support/http.ts'
import { aTenant, whereCounted } from '../deployed.ts'

const HOURLY = { limit: 800, windowMs: 3_600_000 }

test('the state says what a subject used of each policy, whatever its algorithm', async () => {
  const { put, checkCounted, slotCounted, send } = await aTenant()
  await put('fixed', HOURLY)
  await put('sliding', { ...HOURLY, algorithm: 'sliding-window' })
  // No token comes back while the claim is made: the state counts whole ones.
  await put('bucket', { ...HOURLY, limit: 1, algorithm: 'token-bucket', burst: 10 })
  await put('sharded', { ...HOURLY, shards: 4 })
  await put('seats', { algorithm: 'concurrency', limit: 5 })
  await whereCounted(async (subject) => {
    for (const policy of ['fixed', 'sliding', 'bucket', 'sharded']) await checkCounted([{ policy, subject, cost: 3 }])
    answered(201, await slotCounted({ policy: 'seats', subject, ttlMs: 60_000 }))
    const { items } = answered(200, await send(`GET /v1/subjects/state?subject=${subject}`)).json
    const used = Object.fromEntries(
      items.map(({ policy, used: units }: { policy: string; used: number }) => [policy, units]),
    )
    expect(used).toEqual({ bucket: 3, fixed: 3, seats: 1, sharded: 3, sliding: 3 })
  })
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
  const { put, checkCounted, slotCounted, send, stateOf } = await aTenant()
  await put('one', { ...HOURLY, limit: 1, blockMs: 3_600_000 })
  await put('other', HOURLY)
  await put('sharded', { ...HOURLY, shards: 8 })
  await put('seats', { algorithm: 'concurrency', limit: 1 })
  await whereCounted(async (subject) => {
    const ask = async (policy: string) => (await checkCounted([{ policy, subject }])).json.allowed
    const slot = (ttlMs: number) => slotCounted({ policy: 'seats', subject, ttlMs })
    await Promise.all(['one', 'other', 'sharded'].map(ask))
    expect(await ask('one')).toBe(false)
    answered(201, await slot(3_600_000))

    answered(204, await send('POST /v1/subjects/reset', { subject, policy: 'one' }))
    expect([await stateOf(subject, 'one'), await stateOf(subject, 'other')]).toMatchObject([{ used: 0 }, { used: 1 }])
    // An environment remembers a denial for a second.
    await eventually(async () => expect(await ask('one')).toBe(true))

    answered(204, await send('POST /v1/subjects/reset', { subject }))
    const { items } = (await send(`GET /v1/subjects/state?subject=${subject}`)).json
    expect(items.map(({ used }: { used: number }) => used)).toEqual([0, 0, 0, 0])
    answered(201, await slot(1000))
  })
})

test('a policy that is not there is 422 unknown-policy', async () => {
  const { send } = await aTenant()
  expect((await send('GET /v1/subjects/state?subject=a&policy=none')).json.code).toBe('unknown-policy')
  expect((await send('POST /v1/subjects/reset', { subject: 'a', policy: 'none' })).json.code).toBe('unknown-policy')
})
