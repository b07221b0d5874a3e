import { createLogger, errorFields, type LogLevel } from '../../../functions/shared/telemetry/logger.ts'

function linesOf(act: (log: ReturnType<typeof createLogger>) => void): string[] {
  const lines: string[] = []
  act(
    createLogger({ service: 'a-service', now: () => Date.UTC(2026, 2, 12, 19, 3, 58, 5), write: (l) => lines.push(l) }),
  )
  return lines
}

test('a line is JSON in the shape of Powertools, ended by a newline', () => {
  const [line = ''] = linesOf((log) => log('INFO', 'request', { http_status: 200 }))
  expect(line).toMatch(/^[^\n]+\n$/)
  expect(JSON.parse(line)).toEqual({
    level: 'INFO',
    message: 'request',
    timestamp: '2026-03-12T19:03:58.005Z',
    service: 'a-service',
    http_status: 200,
  })
})

test('a field does not take the place of the line’s own', () => {
  const [line = ''] = linesOf((log) =>
    log('INFO', 'request', { level: 'none', message: 'none', service: 'none', a: 1 }),
  )
  expect(JSON.parse(line)).toMatchObject({ level: 'INFO', message: 'request', service: 'a-service', a: 1 })
  expect(line).toMatch(/^\{"level"/)
})

test('anything that is thrown can be logged', () => {
  const bare: unknown = Object.create(null)
  expect(errorFields(bare)).toEqual({ error: { name: 'object', message: 'object' } })
})

test('a newline in a value does not break the line in two', () => {
  const [line = ''] = linesOf((log) => log('ERROR', 'a\nb', { c: 'd\r\ne' }))
  expect(line.trimEnd()).not.toMatch(/[\r\n]/)
})

test.each<LogLevel>(['DEBUG', 'INFO', 'WARN', 'ERROR'])('%s is written, each call a line of its own', (level) => {
  const lines = linesOf((log) => {
    log(level, 'one')
    log(level, 'two')
  })
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { level, message: 'one' },
    { level, message: 'two' },
  ])
})

test('an error is logged with its stack and the line of its cause', () => {
  const error = new RangeError('outer', { cause: new TypeError('inner') })
  expect(errorFields(error)).toEqual({
    error: { name: 'RangeError', message: 'outer', stack: error.stack, cause: 'TypeError: inner' },
  })
})

test('an error with a code is logged with it', () => {
  const error = Object.assign(new Error('down'), { code: 'ECONNREFUSED' })
  expect(errorFields(error)).toMatchObject({ error: { code: 'ECONNREFUSED', message: 'down' } })
})

test('an error without a code or a cause has no field for it', () => {
  expect(Object.keys(Object(errorFields(new Error('alone')).error))).toEqual(['name', 'message', 'stack'])
})

test.each([
  ['a string', 'oops', { name: 'string', message: 'oops' }],
  ['undefined', undefined, { name: 'undefined', message: 'undefined' }],
])('%s that was thrown is logged as it is', (_, thrown, error) => {
  expect(errorFields(thrown)).toEqual({ error })
})
