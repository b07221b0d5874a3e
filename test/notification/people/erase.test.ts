import { createEraseUser } from '../../../functions/notification/people/erase.ts'
import type { Preconditions } from '../../../functions/shared/preconditions.ts'

const USER = { tenant: 'acme', userId: 'gina' }
const { signal } = new AbortController()

/** The erasure of a user whose profile has this version, with all that it did. */
function given(version: string | undefined) {
  let time = 1000
  const happened: unknown[] = []
  const document = version === undefined ? undefined : { value: {}, version, updatedAt: 1 }
  const eraseUser = createEraseUser({
    documents: { read: async () => document as never },
    async eraseSubscriptions() {
      time += 500
      happened.push('subscriptions')
    },
    async eraseItems() {
      time += 500
      happened.push('items')
    },
    sendTask: async ({ at, delaySeconds }) => void happened.push({ at, delaySeconds }),
    now: () => time,
  })
  return { happened, erase: (conditions: Preconditions) => eraseUser({ ...USER, conditions }, signal) }
}

/** @proves notification/erased */
test('an erasure covers a step of a broadcast that had read the subscriptions, by a task that waits for its end', async () => {
  const { erase, happened } = given('v1')

  expect(await erase({})).toBe('erased')

  // A step takes 8 seconds at most.
  const [waiting, immediate] = [
    { at: 9500, delaySeconds: 30 },
    { at: 1500, delaySeconds: 0 },
  ]
  expect(happened).toEqual(['subscriptions', waiting, 'items', immediate])
})

test.each<Preconditions>([
  { ifMatch: ['v0'] },
  { ifNoneMatch: '*' },
])('a user who has changed since is not erased: %j', async (conditions) => {
  const { erase, happened } = given('v1')
  expect([await erase(conditions), happened]).toEqual(['stale', []])
})

test('a user who has not changed since is erased, and once more by a repeated request', async () => {
  for (const version of ['v1', undefined]) {
    const { erase, happened } = given(version)
    expect([await erase({ ifMatch: ['v1'] }), happened.length]).toEqual(['erased', 4])
  }
})
