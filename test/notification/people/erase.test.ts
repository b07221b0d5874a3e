import { createEraseUser } from '../../../functions/notification/people/erase.ts'

/** @proves notification/erased */
test('an erasure covers a step of a broadcast that had read the subscriptions, by a task that waits for its end', async () => {
  let time = 1000
  const happened: unknown[] = []
  const eraseUser = createEraseUser({
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

  await eraseUser({ tenant: 'acme', userId: 'gina' }, new AbortController().signal)

  // A step takes 8 seconds at most.
  const [waiting, immediate] = [
    { at: 9500, delaySeconds: 30 },
    { at: 1500, delaySeconds: 0 },
  ]
  expect(happened).toEqual(['subscriptions', waiting, 'items', immediate])
})
