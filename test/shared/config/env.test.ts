import { optionalEnv, requiredEnv, tenancyOfEnvironment } from '../../../functions/shared/config/env.ts'

const NAME = 'STACKYARD_TEST_VARIABLE'

afterEach(() => {
  delete process.env[NAME]
  delete process.env.TENANCY
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

test.each([
  [undefined, 'multi'],
  ['multi', 'multi'],
  ['single', 'single'],
  ['Single', 'multi'],
])('tenants share no data unless the stack says `single`: %j is %s', (value, tenancy) => {
  if (value !== undefined) process.env.TENANCY = value
  expect(tenancyOfEnvironment()).toBe(tenancy)
})
