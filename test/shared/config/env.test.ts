import { optionalEnv, requiredEnv } from '../../../functions/shared/config/env.ts'

const NAME = 'STACKYARD_TEST_VARIABLE'

afterEach(() => {
  delete process.env[NAME]
})

test('a set variable is its value, required or not', () => {
  process.env[NAME] = 'value'
  expect(requiredEnv(NAME)).toBe('value')
  expect(optionalEnv(NAME)).toBe('value')
})

test.each([undefined, ''])('a required variable that is %j fails with its name', (value) => {
  if (value !== undefined) process.env[NAME] = value
  expect(() => requiredEnv(NAME)).toThrow(NAME)
})

test.each([undefined, ''])('an optional variable that is %j is absent', (value) => {
  if (value !== undefined) process.env[NAME] = value
  expect(optionalEnv(NAME)).toBeUndefined()
})
