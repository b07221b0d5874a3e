import fc from 'fast-check'
import { AppError } from '../../../functions/shared/errors.ts'
import { type Fault, parseFaults } from '../../../functions/shared/resilience/parse-faults.ts'

function refusal(text: string): AppError {
  try {
    parseFaults(text)
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
  throw new Error(`Accepted: ${text}`)
}

test('all that may be said of a fault is read', () => {
  const text = '[{"operation":"dynamodb.get","rate":1,"error":"throttle","latencyMs":50,"times":3}]'
  expect(parseFaults(text)).toEqual([
    { operation: 'dynamodb.get', rate: 1, error: 'throttle', latencyMs: 50, times: 3 },
  ])
})

test('what is written by the type is read as it is', () => {
  const fault = fc.record<Fault, 'operation' | 'rate'>(
    {
      operation: fc.string({ minLength: 1 }),
      rate: fc.double({ min: 0, max: 1, noNaN: true }).map((rate) => rate + 0),
      error: fc.constantFrom('throttle', 'timeout', 'server'),
      latencyMs: fc.integer({ min: 0, max: 900_000 }),
      times: fc.integer({ min: 1, max: 1_000_000 }),
    },
    { requiredKeys: ['operation', 'rate'] },
  )
  fc.assert(
    fc.property(fc.array(fault), (faults) => {
      const text = JSON.stringify(faults)
      expect(parseFaults(text)).toEqual(JSON.parse(text))
    }),
  )
})

test.each([
  ['', 'faults must be JSON: '],
  ['throttle', 'faults must be JSON: throttle'],
  ['{"operation":"x","rate":1}', 'faults is {"operation":"x","rate":1}: it must be a list.'],
  ['null', 'faults is null: it must be a list.'],
  ['["x"]', 'faults[0] is "x": it must be an object.'],
  ['[null]', 'faults[0] is null: it must be an object.'],
  ['[{"rate":1}]', 'faults[0].operation is undefined: it must be a name.'],
  ['[{"operation":"","rate":1}]', 'faults[0].operation is "": it must be a name.'],
  ['[{"operation":7,"rate":1}]', 'faults[0].operation is 7: it must be a name.'],
  ['[{"operation":"x"}]', 'faults[0].rate is undefined: it must be a number from 0 to 1.'],
  ['[{"operation":"x","rate":1.1}]', 'faults[0].rate is 1.1: it must be a number from 0 to 1.'],
  ['[{"operation":"x","rate":-0.1}]', 'faults[0].rate is -0.1: it must be a number from 0 to 1.'],
  ['[{"operation":"x","rate":"1"}]', 'faults[0].rate is "1": it must be a number from 0 to 1.'],
])('%j is refused: %s', (text, message) => {
  expect(refusal(text)).toMatchObject({ code: 'invalid-input', message })
})

test.each([
  ['"error":"slow"', 'faults[1].error is "slow": it must be one of throttle, timeout, server, lost, crash.'],
  [
    '"error":["throttle"]',
    'faults[1].error is ["throttle"]: it must be one of throttle, timeout, server, lost, crash.',
  ],
  ['"error":null', 'faults[1].error is null: it must be one of throttle, timeout, server, lost, crash.'],
  ['"latencyMs":-1', 'faults[1].latencyMs is -1: it must be a number from 0 to 900000.'],
  ['"latencyMs":900001', 'faults[1].latencyMs is 900001: it must be a number from 0 to 900000.'],
  ['"times":0', 'faults[1].times is 0: it must be a number from 1 to 1000000.'],
  ['"latency":5', 'faults[1].latency is 5: it must be left out.'],
  ['"toString":5', 'faults[1].toString is 5: it must be left out.'],
])('the second fault with %s is refused: %s', (field, message) => {
  const fine = '{"operation":"x","rate":1}'
  expect(refusal(`[${fine},{"operation":"x","rate":1,${field}}]`)).toMatchObject({ code: 'invalid-input', message })
})

test('what JSON itself complained of is the cause', () => {
  expect(refusal('[').cause).toBeInstanceOf(SyntaxError)
})
