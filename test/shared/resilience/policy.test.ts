import { AppError, type ErrorCode } from '../../../functions/shared/errors.ts'
import { checkRange, isTransient, type Policy, pipe, run } from '../../../functions/shared/resilience/policy.ts'
import { failing } from './operations.ts'

function tracing(name: string, trace: string[]): Policy {
  return async (operation, signal) => {
    trace.push(`${name} begins`)
    const result = await run(operation, signal)
    trace.push(`${name} ends`)
    return result
  }
}

test('the first policy of a pipe is the outermost', async () => {
  const trace: string[] = []
  const policy = pipe(tracing('outer', trace), tracing('inner', trace))
  expect(await policy(async () => trace.push('call'))).toBe(3)
  expect(trace).toEqual(['outer begins', 'inner begins', 'call', 'inner ends', 'outer ends'])
})

test.each([
  ['no policy', pipe()],
  ['one policy', pipe(run)],
  ['several policies', pipe(run, run, run)],
])('a pipe of %s hands the signal on to the operation', async (_, policy) => {
  const { signal } = new AbortController()
  const { operation, signals } = failing()
  expect(await policy(operation, signal)).toBe('done')
  expect(signals).toEqual([signal])
})

test('each policy of a pipe gets the signal of the one around it', async () => {
  const { signal } = new AbortController()
  const swap: Policy = (operation) => run(operation, signal)
  const { operation, signals } = failing()
  await pipe(run, swap, run)(operation, new AbortController().signal)
  expect(signals).toEqual([signal])
})

test('without a signal the operation gets one that is not aborted', async () => {
  const { operation, signals } = failing()
  await run(operation)
  expect(signals).toMatchObject([{ aborted: false }])
})

test('what is aborted already is not begun, and rejects with the reason', async () => {
  const reason = new Error('gone')
  const { operation, signals } = failing()
  await expect(run(operation, AbortSignal.abort(reason))).rejects.toBe(reason)
  expect(signals).toEqual([])
})

test('an operation that throws before its first wait rejects', async () => {
  const error = new Error('at once')
  const promise = run(() => {
    throw error
  })
  await expect(promise).rejects.toBe(error)
})

test.each<[ErrorCode, boolean, boolean]>([
  ['dependency-failed', true, true],
  ['timed-out', true, true],
  ['dependency-failed', false, false],
  ['circuit-open', true, false],
])('%s, retryable %s: transient %s', (code, retryable, transient) => {
  expect(isTransient(new AppError(code, '', { retryable }))).toBe(transient)
})

test.each([new TypeError('bug'), { retryable: true }, 'oops', undefined])('%p is no transient error', (error) => {
  expect(isTransient(error)).toBe(false)
})

test.each([2, 3, 4])('%p is within its limits', (value) => {
  expect(() => checkRange({ value }, 2, 4)).not.toThrow()
})

test.each([
  1.99,
  4.01,
  Number.NaN,
  Number.POSITIVE_INFINITY,
])('an option of %p is refused by name, with value and limits', (value) => {
  expect(() => checkRange({ fine: 3, ms: value }, 2, 4)).toThrow(
    new RangeError(`ms is ${value}: it must be from 2 to 4.`),
  )
})
