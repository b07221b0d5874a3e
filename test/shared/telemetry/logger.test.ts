import fc from 'fast-check'
import type { LogFields } from '../../../functions/shared/telemetry/log-fields.ts'
import { createLogger, type Logger } from '../../../functions/shared/telemetry/logger.ts'

const NOW = Date.UTC(2026, 2, 12, 19, 3, 58, 5)
const OWN = { message: 'request', timestamp: '2026-03-12T19:03:58.005Z', service: 'a-service' }

function linesOf(act: (logger: Logger) => void): string[] {
  const lines: string[] = []
  act(createLogger({ service: 'a-service', now: () => NOW, write: (line) => lines.push(line) }))
  return lines
}

const parsed = (lines: string[]) => lines.map((line) => JSON.parse(line))

test('a line is JSON in the shape of Powertools, ended by a newline', () => {
  const [line = ''] = linesOf((logger) => logger.info('request', { http_status: 200 }))
  expect(line).toMatch(/^\{"level":"INFO","message":[^\n]+\n$/)
  expect(JSON.parse(line)).toEqual({ level: 'INFO', ...OWN, http_status: 200 })
})

test.each(['info', 'warn', 'error'] as const)('%s is written, each call a line of its own', (level) => {
  const lines = linesOf((logger) => {
    logger[level]('one')
    logger[level]('two')
  })
  const LEVEL = level.toUpperCase()
  expect(parsed(lines)).toMatchObject([
    { level: LEVEL, message: 'one' },
    { level: LEVEL, message: 'two' },
  ])
})

describe('the level', () => {
  afterEach(() => {
    delete process.env.POWERTOOLS_LOG_LEVEL
  })

  test('is INFO, unless a variable of Powertools says otherwise', () => {
    expect(linesOf((logger) => logger.debug('a detail'))).toEqual([])
    process.env.POWERTOOLS_LOG_LEVEL = 'DEBUG'
    expect(parsed(linesOf((logger) => logger.debug('a detail')))).toMatchObject([{ level: 'DEBUG' }])
  })
})

test('a newline in a text does not break the line in two', () => {
  const [line = ''] = linesOf((logger) => logger.error('a\nb', { reason: 'd\r\ne' }))
  expect(line.trimEnd()).not.toMatch(/[\r\n]/)
})

test('a secret is taken out of a message, too', () => {
  const [line] = parsed(linesOf((logger) => logger.warn('no mail to jane@example.com')))
  expect(line.message).toBe('no mail to [redacted]')
})

test('no field takes the place of one of the line’s own, and the attempt shows', () => {
  const fields = { level: 'none', service: 'none', timestamp: 'never', http_status: 200 } as LogFields
  const lines = parsed(linesOf((logger) => logger.info('request', fields)))
  expect(lines.at(-1)).toEqual({ level: 'INFO', ...OWN, http_status: 200 })
  expect(lines.slice(0, -1).map(({ level, message }) => [level, message])).toEqual([
    ['WARN', 'The key "level" is a reserved key and will be dropped.'],
    ['WARN', 'The key "service" is a reserved key and will be dropped.'],
    ['WARN', 'The key "timestamp" is a reserved key and will be dropped.'],
  ])
})

describe('keys', () => {
  test('are on all lines until they are reset', () => {
    const lines = linesOf((logger) => {
      logger.appendKeys({ correlation_id: 'c1' })
      logger.info('one')
      logger.warn('two', { index: 2 })
      logger.resetKeys()
      logger.info('three')
    })
    expect(parsed(lines).map((line) => line.correlation_id)).toEqual(['c1', 'c1', undefined])
  })

  test('of a child are its parent’s and then its own, and none of them are its parent’s', () => {
    const lines = linesOf((logger) => {
      logger.appendKeys({ correlation_id: 'c1', trace_id: 't1' })
      const child = logger.createChild()
      child.appendKeys({ correlation_id: 'c2' })
      child.error('of the child')
      logger.info('of the parent')
    })
    expect(parsed(lines)).toMatchObject([
      { message: 'of the child', correlation_id: 'c2', trace_id: 't1', service: 'a-service' },
      { message: 'of the parent', correlation_id: 'c1', trace_id: 't1' },
    ])
  })
})

describe('a field that is not on the list', () => {
  test('is a type error where it is written', () => {
    linesOf((logger) => {
      // @ts-expect-error It is not on the list.
      logger.info('signed in', { email: 'jane@example.com' })
      // @ts-expect-error It is a number.
      logger.info('signed in', { http_status: '200' })
      // @ts-expect-error Nor here.
      logger.appendKeys({ user: 'jane' })
    })
  })

  test('shows by its name, without its value', () => {
    const [line] = parsed(linesOf((logger) => logger.info('request', { user: { name: 'jane' } } as LogFields)))
    expect(line).toEqual({ level: 'INFO', ...OWN, user: '[redacted]' })
  })

  test('does not come in as a key, an error or a text either', () => {
    const lines = linesOf((logger) => {
      logger.appendKeys({ user: 'jane' } as LogFields)
      const anything = logger as unknown as { info: (...args: unknown[]) => void }
      anything.info('one', 'jane')
      anything.info({ message: 'two', user: 'jane', nested: { user: 'jane' } })
      anything.info('three', Object.assign(new Error('jane@example.com'), { user: 'jane' }))
    })
    expect(lines).toHaveLength(3)
    expect(lines.join('')).not.toContain('jane')
  })
})

describe('no line is lost', () => {
  test('when a field can’t be read: the line says why, and has its ids', () => {
    const fields = Object.defineProperty({ http_status: 200 }, 'code', {
      enumerable: true,
      get: () => {
        throw new TypeError('jane@example.com is not here')
      },
    })
    const [line] = parsed(
      linesOf((logger) => {
        logger.appendKeys({ correlation_id: 'c1' })
        logger.info('request', fields)
      }),
    )
    const error = expect.objectContaining({ name: 'TypeError', message: '[redacted] is not here' })
    expect(line).toEqual({ level: 'INFO', ...OWN, correlation_id: 'c1', error })
  })

  test('whatever the fields are', () => {
    const thrower = fc.constant(
      new Proxy(
        {},
        {
          get() {
            throw new Error('no')
          },
          ownKeys() {
            throw new Error('no')
          },
          getPrototypeOf() {
            throw new Error('no')
          },
        },
      ),
    )
    const value = fc.oneof(fc.anything({ withBigInt: true, withMap: true, withDate: true }), thrower)
    const name = fc.oneof(fc.constantFrom('error', 'code', 'reason', 'metrics', '__proto__', 'toJSON'), fc.string())
    fc.assert(
      fc.property(fc.oneof(fc.dictionary(name, value), thrower), (fields) => {
        const lines = linesOf((logger) => logger.warn('still here', fields as LogFields))
        const line = JSON.parse(lines.at(-1) ?? '')
        expect(line).toMatchObject({ level: 'WARN', message: 'still here', service: 'a-service' })
        for (const each of lines) expect(each).toMatch(/^\{[^\n]*\}\n$/)
      }),
      { numRuns: 2000 },
    )
  })

  test('when a value nests deeper than the stack', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`)
    const lines = linesOf((logger) => {
      logger.info('one', { error: deep })
      logger.info('two', { reason: deep })
    })
    expect(parsed(lines)).toMatchObject([
      { message: 'one', error: { name: 'object' } },
      { message: 'two', reason: '[redacted]' },
    ])
  })
})
