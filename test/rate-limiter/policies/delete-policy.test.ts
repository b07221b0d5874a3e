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

test('limits that subjects have of their own go with it', async () => {
  const { put, remove, policies } = policyWorld()
  await put('writes')
  const stored = policies.get('writes')
  if (stored) policies.set('writes', { ...stored, overrides: 2 })
  expect(await remove('writes')).toBe('deleted')
})
