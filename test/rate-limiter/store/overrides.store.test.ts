import { CAUSE } from '../a-policy.ts'
import { limitsTable, newTenant } from './limits-table.ts'

const { signal } = new AbortController()
const limits = await limitsTable()
const { put, remove, read, itemOf, store, override } = limits

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

  /** Deletes the policy over a client that dies when it removes overrides for the second time. */
  const removeHalf = async (tenant: string) => {
    await put(tenant, 'writes')
    for (let index = 0; index < 100; index++) await override(tenant, `user:${index}`)
    let transactions = 0
    const dying = limits.useCasesOver({
      async send(command, options) {
        if (command.constructor.name === 'TransactWriteItemsCommand' && ++transactions > 2) throw new Error('It dies.')
        return limits.table.client.send(command, options)
      },
    })
    const input = { tenant, name: 'writes', conditions: {}, cause: CAUSE }
    await expect(dying.policies.remove(input, signal)).rejects.toThrow('dies')
    expect(await read(tenant, 'writes')).toBeUndefined()
    expect(await overridesOf(tenant)).toHaveLength(1)
  }

  test('of a deletion that died midway go before there is a new policy of the name', async () => {
    const tenant = newTenant()
    await removeHalf(tenant)
    expect(await put(tenant, 'writes')).toMatchObject({ outcome: 'created' })
    expect(await overridesOf(tenant)).toEqual([])
    expect(await read(tenant, 'writes')).toMatchObject({ overrides: 0 })
  })

  test('of a deletion that died midway go with the next one', async () => {
    const tenant = newTenant()
    await removeHalf(tenant)
    expect(await remove(tenant, 'writes')).toBe('not-found')
    expect(await overridesOf(tenant)).toEqual([])
    expect(await itemOf(tenant, 'writes')).toMatchObject({ overrides: { N: '0' }, sequence: { N: '2' } })
  })

  test('of a policy that is there are never what a deletion left', async () => {
    const tenant = newTenant()
    await put(tenant, 'writes')
    await override(tenant, 'a')
    await store.removeOverrides({ tenant, name: 'writes' }, signal)
    expect(await overridesOf(tenant)).toEqual([['a', 1]])
    expect(await read(tenant, 'writes')).toMatchObject({ overrides: 1 })
  })
})
