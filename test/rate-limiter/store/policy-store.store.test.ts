import { readEntry } from '../../../functions/shared/events/outbox-entry.ts'
import { CAUSE } from '../a-policy.ts'
import { limitsTable, newTenant } from './limits-table.ts'

const { signal } = new AbortController()
const limits = await limitsTable()
const { put, remove, read, itemOf, store, override } = limits
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

describe('limits of subjects’ own', () => {
  const overridesOf = async (tenant: string) =>
    [...(await store.readOverrides({ tenant, name: 'writes' }, signal)).values()].map(({ subject, limit }) => [
      subject,
      limit,
    ])

  test('are counted with the policy, replaced, and taken back once', async () => {
    const tenant = newTenant()
    await put(tenant, 'writes')
    expect(await override(tenant, 'é#1', 3)).toBe('created')
    expect(await override(tenant, 'é#1', 4)).toBe('replaced')
    expect(await override(tenant, 'b', 5)).toBe('created')
    expect(await overridesOf(tenant)).toEqual(
      expect.arrayContaining([
        ['é#1', 4],
        ['b', 5],
      ]),
    )
    expect(await read(tenant, 'writes')).toMatchObject({ overrides: 2 })
    const takeBack = () => limits.overrides.remove({ tenant, name: 'writes', subject: 'é#1' }, signal)
    expect([await takeBack(), await takeBack()]).toEqual(['removed', 'not-found'])
    expect(await overridesOf(tenant)).toEqual([['b', 5]])
    expect(await read(tenant, 'writes')).toMatchObject({ overrides: 1 })
  })

  test('leave the version of the policy, and keep the count through a change of it', async () => {
    const tenant = newTenant()
    const { policy } = (await put(tenant, 'writes')) as { policy: { version: string } }
    await override(tenant, 'a')
    expect((await read(tenant, 'writes'))?.version).toBe(policy.version)
    await put(tenant, 'writes', { limit: 3 })
    expect(await read(tenant, 'writes')).toMatchObject({ overrides: 1, definition: { limit: 3 } })
  })

  test('are not there without a policy, and not replaced where nothing should be there', async () => {
    const tenant = newTenant()
    expect(await override(tenant, 'a')).toBe('unknown-policy')
    await put(tenant, 'writes')
    await override(tenant, 'a')
    const again = { tenant, override: { subject: 'a', policy: 'writes', limit: 2 }, onlyIfAbsent: true }
    expect(await limits.overrides.put(again, signal)).toBe('stale')
  })

  test('of the same subject are made once, however many ask at once', async () => {
    const tenant = newTenant()
    await put(tenant, 'writes')
    const outcomes = await Promise.all([1, 2, 3].map((limit) => override(tenant, 'a', limit)))
    expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1)
    expect(await read(tenant, 'writes')).toMatchObject({ overrides: 1 })
  })

  test('go with their policy: a new one of its name has none', async () => {
    const tenant = newTenant()
    await put(tenant, 'writes')
    for (let index = 0; index < 120; index++) await override(tenant, `user:${index}`)
    expect(await remove(tenant, 'writes')).toBe('deleted')
    expect(await overridesOf(tenant)).toEqual([])
    await put(tenant, 'writes')
    expect(await read(tenant, 'writes')).toMatchObject({ overrides: 0, children: 0 })
  })
})
