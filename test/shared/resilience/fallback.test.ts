import { type FallbackEvent, fallback } from '../../../functions/shared/resilience/fallback.ts'
import { failing, held, transientError } from './operations.ts'

/** Answers for what is odd, and only for that. */
function fallbackOf(answer: () => unknown = () => 'second best') {
  const events: FallbackEvent[] = []
  const handled: unknown[] = []
  const policy = fallback(
    (error, signal) => {
      handled.push({ error, signal, events: events.length })
      return answer()
    },
    (error) => error === 'odd',
    (event) => events.push(event),
  )
  return { policy, events, handled }
}

test('a result passes, and the fallback is not asked', async () => {
  const { policy, events, handled } = fallbackOf()
  expect(await policy(failing().operation)).toBe('done')
  expect([events, handled]).toEqual([[], []])
})

test('an error that was named gets the second-best answer; the event has the error, before the answer is made', async () => {
  const { policy, events, handled } = fallbackOf()
  const { signal } = new AbortController()
  const { operation, signals } = failing('odd')
  expect(await policy(operation, signal)).toBe('second best')
  expect(events).toEqual([{ type: 'fell-back', error: 'odd' }])
  expect(signals).toEqual([signal])
  expect(handled).toEqual([{ error: 'odd', signal, events: 1 }])
})

test('any other error passes in silence', async () => {
  const { policy, events, handled } = fallbackOf()
  const error = transientError()
  await expect(policy(failing(error).operation)).rejects.toBe(error)
  expect([events, handled]).toEqual([[], []])
})

test.each([
  ['rejects', () => Promise.reject(new Error('no second best'))],
  [
    'throws before its first wait',
    () => {
      throw new Error('no second best')
    },
  ],
])('the error of a fallback that %s is thrown, and the event has the first one', async (_, answer) => {
  const { policy, events } = fallbackOf(answer)
  await expect(policy(failing('odd').operation)).rejects.toThrow('no second best')
  expect(events).toEqual([{ type: 'fell-back', error: 'odd' }])
})

test('a fallback may take its time', async () => {
  const { policy } = fallbackOf(async () => 'later')
  expect(await policy(failing('odd').operation)).toBe('later')
})

test('after an abort the fallback gets the aborted signal: a ready answer is made, a wait ends at once', async () => {
  const { policy, handled } = fallbackOf()
  const controller = new AbortController()
  const { operation, reject } = held()
  const result = policy(operation, controller.signal)
  controller.abort()
  reject('odd')
  expect(await result).toBe('second best')
  expect(handled).toMatchObject([{ signal: { aborted: true } }])
})

test('what is aborted already is answered by the fallback without being begun', async () => {
  const { policy } = fallbackOf()
  const { operation, signals } = failing()
  expect(await policy(operation, AbortSignal.abort('odd'))).toBe('second best')
  expect(signals).toEqual([])
})

test('it works in silence', async () => {
  const policy = fallback(
    () => 0,
    () => true,
  )
  expect(await policy(failing('odd').operation)).toBe(0)
})
