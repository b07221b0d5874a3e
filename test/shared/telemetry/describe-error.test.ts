import { describeError } from '../../../functions/shared/telemetry/describe-error.ts'

test('an error has name, message and stack, and no field for a code or a cause that it has not', () => {
  const error = new RangeError('out of luck')
  expect(describeError(error)).toStrictEqual({ name: 'RangeError', message: 'out of luck', stack: error.stack })
})

test.each([['ECONNREFUSED'], [503]])('the code %j of an error is kept', (code) => {
  expect(describeError(Object.assign(new Error('down'), { code }))).toMatchObject({ code, message: 'down' })
})

test('its causes have name and message, the nearest first', () => {
  const root = new Error('connect ECONNREFUSED')
  const error = new Error('not saved', { cause: new TypeError('no answer', { cause: root }) })
  expect(describeError(error)).toMatchObject({ cause: 'TypeError: no answer; Error: connect ECONNREFUSED' })
})

test('a cause that is its own cause ends', () => {
  const error: Error = new Error('loop')
  error.cause = error
  expect(describeError(error)).toMatchObject({ cause: Array(5).fill('Error: loop').join('; ') })
})

test.each([
  ['a string', 'oops', { name: 'string', message: 'oops' }],
  ['undefined', undefined, { name: 'undefined', message: 'undefined' }],
  ['an object that refuses to become a text', Object.create(null), { name: 'object', message: 'object' }],
])('%s that was thrown is described as it is', (_, thrown, description) => {
  expect(describeError(thrown)).toStrictEqual(description)
})

test('the secrets of message, stack, causes and code are taken out, and other properties stay out', () => {
  const cause = new TypeError('jane@example.com sent Bearer c2VjcmV0LXRva2Vu')
  const error = Object.assign(new Error('no answer from 2001:db8::1, token=hunter2', { cause }), {
    code: 'AKIAIOSFODNN7EXAMPLE',
    url: 'https://example.com/?key=hunter2',
    request: { body: 'hunter2' },
  })
  const description = describeError(error)
  expect(Object.keys(description)).toEqual(['name', 'code', 'message', 'stack', 'cause'])
  expect(description.message).toBe('no answer from [redacted], token=[redacted]')
  expect(description.stack).toContain('describe-error.test.ts')
  expect(JSON.stringify(description)).not.toMatch(/jane|c2Vj|2001:db8|hunter2|IOSFODNN/)
})

test('a getter that throws hides its own property alone', () => {
  const error = Object.defineProperty(new Error('odd'), 'code', {
    get: () => {
      throw new Error('no')
    },
  })
  expect(describeError(error)).toMatchObject({ name: 'Error', message: 'odd' })
  expect(describeError(error)).not.toHaveProperty('code')
})

test('a long message and a long stack are cut, so that the line stays one record of the log', () => {
  const error = new Error('a word '.repeat(20_000))
  const { message, stack } = describeError(error)
  expect(message.length).toBeLessThanOrEqual(2001)
  expect(stack?.length).toBeLessThanOrEqual(8001)
})
