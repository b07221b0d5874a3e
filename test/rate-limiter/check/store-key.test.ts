import { storeKey } from '../../../functions/rate-limiter/check/store-key.ts'
import { fakeClock } from '../../support/fake-clock.ts'

const { signal } = new AbortController()

test('a table that cannot store the key keeps no decision from being made', async () => {
  const { startTimer } = fakeClock()
  const key = { store: () => Promise.reject(new Error('The table is down')) }
  await expect(storeKey({ key, budgetMs: 50, startTimer })(signal)).resolves.toBeUndefined()
})

test('a check waits for its key as long as for a decision, and no longer', async () => {
  const clock = fakeClock()
  let given: AbortSignal | undefined
  const key = {
    store: (inner?: AbortSignal) => {
      given = inner
      return new Promise<void>((_, reject) => inner?.addEventListener('abort', () => reject(inner.reason)))
    },
  }
  const waiting = storeKey({ key, budgetMs: 50, startTimer: clock.startTimer })(signal)
  await clock.advance(49)
  expect(given?.aborted).toBe(false)
  await clock.advance(1)
  await waiting
  expect(given?.aborted).toBe(true)
})
