import { AppError } from '../../../functions/shared/errors.ts'
import { policyWorld } from './policy-world.ts'

test('a policy is created with a version and a time, and changed under another version', async () => {
  const { put } = policyWorld()
  expect(await put('writes')).toMatchObject({
    outcome: 'created',
    policy: { version: 'id-1', updatedAt: '2026-05-06T07:08:09.000Z', overrides: 0, children: 0 },
  })
  expect(await put('writes', { limit: 11 })).toMatchObject({ outcome: 'changed', policy: { version: 'id-2' } })
})

test('the same definition again changes nothing, and is no event', async () => {
  const { put, events } = policyWorld()
  await put('writes', { allow: ['a'] })
  expect(await put('writes', { allow: ['a'] })).toMatchObject({ outcome: 'unchanged', policy: { version: 'id-1' } })
  expect(events).toEqual(['writes'])
})

test('a change under conditions is made only if they hold', async () => {
  const { put } = policyWorld()
  const stale = { outcome: 'stale' }
  expect(await put('writes', {}, { conditions: { ifMatch: ['id-1'] } })).toEqual(stale)
  await put('writes')
  expect(await put('writes', { limit: 2 }, { conditions: { ifMatch: ['older'] } })).toEqual(stale)
  expect(await put('writes', { limit: 2 }, { conditions: { ifNoneMatch: '*' } })).toEqual(stale)
  expect(await put('writes', { limit: 2 }, { conditions: { ifMatch: ['id-1'] } })).toMatchObject({ outcome: 'changed' })
})

test('a change is judged again when somebody else was faster', async () => {
  const { put, interruptWith } = policyWorld()
  await put('writes')
  interruptWith(() => put('writes', { limit: 2 }))
  expect(await put('writes', { limit: 3 }, { conditions: { ifMatch: ['id-1'] } })).toEqual({ outcome: 'stale' })
})

test('one that is never first is told to try later', async () => {
  const error = await policyWorld()
    .crowded()
    .catch((reason) => reason)
  expect(error).toBeInstanceOf(AppError)
  expect(error).toMatchObject({ code: 'conflict', retryable: true })
})

describe('parents', () => {
  const invalid = (message: string, path = 'parent.policy') => ({
    outcome: 'invalid',
    errors: [{ path, message: expect.stringContaining(message) }],
  })

  test('a parent must be there, and be one that is counted as a whole', async () => {
    const { put, putBelow } = policyWorld()
    expect(await putBelow('user', 'none')).toMatchObject(invalid('names no policy'))
    await put('seats', { algorithm: 'concurrency' })
    expect(await putBelow('user', 'seats')).toMatchObject(invalid('concurrency'))
    await put('sharded', { limit: 800, shards: 8 })
    expect(await putBelow('user', 'sharded')).toMatchObject(invalid('shards'))
  })

  test('it counts its children, whoever they are', async () => {
    const { put, putBelow, policies } = policyWorld()
    await put('all')
    await put('org')
    await putBelow('user', 'all')
    await putBelow('team', 'all')
    await putBelow('user', 'org')
    await put('team')
    expect([policies.get('all')?.children, policies.get('org')?.children]).toEqual([0, 1])
  })

  test('no policy is above itself', async () => {
    const { put, putBelow } = policyWorld()
    expect(await putBelow('a', 'a')).toMatchObject(invalid('circle'))
    await put('a')
    await putBelow('b', 'a')
    await putBelow('c', 'b')
    expect(await putBelow('a', 'c')).toMatchObject(invalid('circle'))
  })

  test('of two changes at once that make a circle together, the second is refused', async () => {
    const { put, putBelow, interruptWith } = policyWorld()
    await put('a')
    await put('b')
    interruptWith(() => putBelow('b', 'a'))
    expect(await putBelow('a', 'b')).toMatchObject(invalid('circle'))
  })

  test('there are four above a policy at most, also when the chain grows above it', async () => {
    const { put, putBelow } = policyWorld()
    await put('top')
    for (const [name, parent] of [
      ['p1', 'top'],
      ['p2', 'p1'],
      ['p3', 'p2'],
      ['p4', 'p3'],
    ] as const) {
      expect(await putBelow(name, parent)).toMatchObject({ outcome: 'created' })
    }
    expect(await putBelow('p5', 'p4')).toMatchObject(invalid('4 parents'))
    await put('higher')
    expect(await putBelow('top', 'higher')).toMatchObject(invalid('more parents'))
  })

  test('a policy that got a child meanwhile is judged as one that has it', async () => {
    const { put, putBelow, interruptWith } = policyWorld()
    await put('a')
    await put('b')
    interruptWith(() => putBelow('child', 'a'))
    expect(await putBelow('a', 'b')).toMatchObject(invalid('more parents'))
  })

  test('a chain that others shorten meanwhile does not get its length back above those that came below it', async () => {
    const { put, putBelow, interruptWith, policies } = policyWorld()
    await put('x')
    await put('y')
    for (const [name, parent] of ['ox', 'po', 'cp', 'dc', 'ny']) await putBelow(String(name), String(parent))
    interruptWith(async () => {
      await put('o')
      expect(await putBelow('e', 'd')).toMatchObject({ outcome: 'created' })
    })
    expect(await putBelow('p', 'n')).toMatchObject(invalid('more parents'))
    expect(policies.get('p')?.definition.parent?.policy).toBe('o')
  })

  test('a change of what others have above them keeps the chain, or takes another one of its length', async () => {
    const { put, putBelow, policies } = policyWorld()
    await put('top')
    await put('other')
    await putBelow('all', 'top')
    await putBelow('user', 'all')
    expect(await putBelow('all', 'top', { limit: 11 })).toMatchObject({ outcome: 'changed' })
    expect(await putBelow('all', 'other')).toMatchObject({ outcome: 'changed' })
    expect([policies.get('top')?.children, policies.get('other')?.children]).toEqual([0, 1])
  })

  test('what others name as their parent stays one that can be', async () => {
    const { put, putBelow } = policyWorld()
    await put('all', { limit: 800 })
    await putBelow('user', 'all')
    const { windowMs: _, ...slots } = { windowMs: 0, algorithm: 'concurrency', limit: 5 } as const
    expect(await put('all', slots)).toMatchObject(invalid('concurrency', 'algorithm'))
    expect(await put('all', { limit: 800, shards: 8 })).toMatchObject(invalid('must be 1', 'shards'))
  })
})
