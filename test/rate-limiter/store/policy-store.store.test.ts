import { readEntry } from '../../../functions/shared/events/outbox-entry.ts'
import { CAUSE } from '../a-policy.ts'
import { limitsTable, newTenant } from './limits-table.ts'

const { signal } = new AbortController()
const limits = await limitsTable()
const { put, remove, read, itemOf, store } = limits
const below = (policy: string) => ({ parent: { policy, subjectPrefix: 'org:' } })

test('a policy is read as it was put, with its event in the same item', async () => {
  const tenant = newTenant()
  const result = await put(tenant, 'writes', { limit: 7, allow: ['vip', '10.0.0.0/8'], blockMs: 5 })
  expect(result).toMatchObject({ outcome: 'created' })
  expect(await read(tenant, 'writes')).toEqual('policy' in result && result.policy)
  const { entry, sequence } = readEntry((await itemOf(tenant, 'writes')) ?? {}) ?? {}
  expect([entry, sequence]).toMatchObject([{ type: 'rate-limiter.policy.changed', ...CAUSE }, 1])
})

test('each change is the next event, through a deletion too', async () => {
  const tenant = newTenant()
  await put(tenant, 'writes')
  await put(tenant, 'writes', { limit: 2 })
  await remove(tenant, 'writes')
  expect(await read(tenant, 'writes')).toBeUndefined()
  expect(await itemOf(tenant, 'writes')).not.toHaveProperty('definitionJson')
  await put(tenant, 'writes', { limit: 3 })
  expect(await itemOf(tenant, 'writes')).toMatchObject({ sequence: { N: '4' } })
  expect(await itemOf(tenant, 'writes')).not.toHaveProperty('deletedAt')
})

test('a tenant sees its own policies alone, by name, without those that were deleted', async () => {
  const [tenant, other] = [newTenant(), newTenant()]
  for (const name of ['c', 'a', 'b', 'd']) await put(tenant, name)
  await put(other, 'other')
  await remove(tenant, 'b')
  const first = await store.list({ tenant, after: undefined, limit: 3 }, signal)
  const second = await store.list({ tenant, after: first.next, limit: 3 }, signal)
  expect([first, second].map(({ policies }) => policies.map(({ name }) => name))).toEqual([['a', 'c'], ['d']])
  expect([first.next, second.next]).toEqual(['c', undefined])
})

test('parents count their children', async () => {
  const tenant = newTenant()
  await put(tenant, 'all')
  await put(tenant, 'org', below('all'))
  await put(tenant, 'user', below('all'))
  // The old parent is above the new one.
  await put(tenant, 'user', below('org'))
  const children = async () => [(await read(tenant, 'all'))?.children, (await read(tenant, 'org'))?.children]
  expect(await children()).toEqual([1, 1])
  expect(await remove(tenant, 'org')).toBe('in-use')
  await remove(tenant, 'user')
  expect(await remove(tenant, 'org')).toBe('deleted')
  expect(await read(tenant, 'all')).toMatchObject({ children: 0 })
})

test('two changes at once never make a circle, twenty times of twenty', async () => {
  for (let run = 0; run < 20; run++) {
    const tenant = newTenant()
    await Promise.all([put(tenant, 'a'), put(tenant, 'b')])
    const results = await Promise.all([put(tenant, 'a', below('b')), put(tenant, 'b', below('a'))])
    expect(results.map(({ outcome }) => outcome).sort()).toEqual(['changed', 'invalid'])
    const [a, b] = [await read(tenant, 'a'), await read(tenant, 'b')]
    expect([a, b].filter((policy) => policy?.definition.parent)).toHaveLength(1)
    expect([a?.children, b?.children].sort()).toEqual([0, 1])
  }
})

test('of many that create one policy at once, one does', async () => {
  const tenant = newTenant()
  const results = await Promise.all(
    Array.from({ length: 5 }, (_, index) => put(tenant, 'writes', { limit: index + 1 })),
  )
  expect(results.filter(({ outcome }) => outcome === 'created')).toHaveLength(1)
  expect(await itemOf(tenant, 'writes')).toMatchObject({ sequence: { N: '5' } })
})

test('a change whose answer was lost and that is sent again is one change', async () => {
  const tenant = newTenant()
  const { client } = limits.table
  let sent = 0
  const forgetful = limits.useCasesOver({
    async send(command, options) {
      const output = await client.send(command, options)
      // As the client does after a lost answer: the same request once more.
      if (command.constructor.name !== 'TransactWriteItemsCommand' || ++sent > 1) return output
      return client.send(command, options)
    },
  })
  const cause = { tenant, name: 'writes', conditions: {}, cause: CAUSE }
  const definition = {
    algorithm: 'fixed-window',
    limit: 1,
    windowMs: 1000,
    onError: 'closed',
    mode: 'enforce',
  } as const
  expect(await forgetful.policies.put({ ...cause, definition }, signal)).toMatchObject({ outcome: 'created' })
  expect(await itemOf(tenant, 'writes')).toMatchObject({ sequence: { N: '1' } })
})
