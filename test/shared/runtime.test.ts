import { createRuntime } from '../../functions/shared/runtime.ts'

test('a handler’s ids are 12 random characters that need no escaping', () => {
  const { newId } = createRuntime('a-service')
  const ids = Array.from({ length: 1000 }, newId)
  expect(new Set(ids).size).toBe(1000)
  for (const id of ids) expect(id).toMatch(/^[\w-]{12}$/)
})

test('its lines say which service wrote them', () => {
  const { telemetry, now } = createRuntime('a-service')
  expect(telemetry).toMatchObject({ service: 'a-service', now })
  expect(Math.abs(now() - Date.now())).toBeLessThan(1000)
})
