import { createRuntime } from '../../functions/shared/runtime.ts'

test('a handler’s ids are 12 random characters that need no escaping', () => {
  const { newId } = createRuntime('a-service')
  const ids = Array.from({ length: 1000 }, newId)
  expect(new Set(ids).size).toBe(1000)
  for (const id of ids) expect(id).toMatch(/^[\w-]{12}$/)
})

test('its lines go to the function’s output, and say which service wrote them', () => {
  const { telemetry, logger, now } = createRuntime('a-service')
  const lines: string[] = []
  const { write } = process.stdout
  process.stdout.write = (line) => lines.push(String(line)) > 0
  logger.error('here')
  process.stdout.write = write
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ message: 'here', service: 'a-service' }])
  expect(telemetry).toMatchObject({ logger, now })
  expect(Math.abs(now() - Date.now())).toBeLessThan(1000)
})
