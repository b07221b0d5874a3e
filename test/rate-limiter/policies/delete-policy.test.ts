import { policyWorld } from './policy-world.ts'

test('a policy is deleted once', async () => {
  const { put, remove, events } = policyWorld()
  await put('writes')
  expect(await remove('writes')).toBe('deleted')
  expect(await remove('writes')).toBe('not-found')
  expect(events).toEqual(['writes', '-writes'])
})

test('a stale condition deletes nothing', async () => {
  const { put, remove, policies } = policyWorld()
  await put('writes')
  expect(await remove('writes', { ifMatch: ['older'] })).toBe('stale')
  expect(policies.has('writes')).toBe(true)
})

test('a policy that others name as their parent is in use, also when they came meanwhile', async () => {
  const { put, putBelow, remove, interruptWith } = policyWorld()
  await put('all')
  interruptWith(() => putBelow('user', 'all'))
  expect(await remove('all')).toBe('in-use')
  expect(await remove('user')).toBe('deleted')
  expect(await remove('all')).toBe('deleted')
})

describe('limits that subjects have of their own', () => {
  test('go with their policy', async () => {
    const { put, override, remove, left } = policyWorld()
    await put('writes')
    override('writes', 2)
    expect(await remove('writes')).toBe('deleted')
    expect(left.size).toBe(0)
  })

  test('stay when somebody changes the policy meanwhile, so that its deletion is refused', async () => {
    const { put, override, remove, policies, interruptWith } = policyWorld()
    await put('writes')
    override('writes', 2)
    interruptWith(() => put('writes', { limit: 11 }))
    expect(await remove('writes', { ifMatch: ['id-1'] })).toBe('stale')
    expect(policies.get('writes')).toMatchObject({ overrides: 2, definition: { limit: 11 } })
  })

  test('stay when a policy comes below theirs meanwhile', async () => {
    const { put, putBelow, override, remove, policies, interruptWith } = policyWorld()
    await put('all')
    override('all', 2)
    interruptWith(() => putBelow('user', 'all'))
    expect(await remove('all')).toBe('in-use')
    expect(policies.get('all')).toMatchObject({ overrides: 2 })
  })

  test('that came meanwhile go, too', async () => {
    const { put, override, remove, left, interruptWith } = policyWorld()
    await put('writes')
    interruptWith(async () => override('writes', 1))
    expect(await remove('writes')).toBe('deleted')
    expect(left.size).toBe(0)
  })

  test('are removed by the next deletion of the name, if the first one died midway', async () => {
    const { put, override, remove, left, failRemovalOnce } = policyWorld()
    await put('writes')
    override('writes', 2)
    failRemovalOnce()
    await expect(remove('writes')).rejects.toThrow('dies')
    expect(left.get('writes')).toBe(2)
    expect(await remove('writes')).toBe('not-found')
    expect(left.size).toBe(0)
  })

  test('are removed before there is a new policy of the name', async () => {
    const { put, override, remove, left, events, failRemovalOnce } = policyWorld()
    await put('writes')
    override('writes', 2)
    failRemovalOnce()
    await expect(remove('writes')).rejects.toThrow('dies')
    expect(await put('writes')).toMatchObject({ outcome: 'created', policy: { overrides: 0 } })
    expect(left.size).toBe(0)
    expect(events).toEqual(['writes', '-writes', 'writes'])
  })
})
