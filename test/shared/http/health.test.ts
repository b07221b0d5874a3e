import { healthRoute } from '../../../functions/shared/http/health.ts'
import { httpEvent, requestOf } from '../../support/events.ts'
import { recordedTelemetry } from '../../support/telemetry.ts'

const EVENT = httpEvent({ routeKey: 'GET /health' })

/** A health route on a clock that the test sets, over a dependency that the test breaks. */
function monitored() {
  const state = { time: 50_000, databaseIsUp: true, looks: 0 }
  const { telemetry, lines } = recordedTelemetry()
  const route = healthRoute({
    checks: {
      database: async () => {
        state.looks += 1
        if (!state.databaseIsUp) throw new Error('LinksTable-1F2E3D is gone')
      },
      queue: async () => {},
    },
    now: () => state.time,
  })
  return { state, lines, look: () => route(requestOf(EVENT, telemetry.logger)) }
}

test('all checks passing is 200', async () => {
  expect(await monitored().look()).toMatchObject({
    status: 200,
    body: { status: 'ok', dependencies: { database: 'ok', queue: 'ok' } },
  })
})

test('a failing check is 503 with its name only, and the reason is in the log', async () => {
  const { state, lines, look } = monitored()
  state.databaseIsUp = false
  const { status, body } = await look()
  expect(status).toBe(503)
  expect(body).toEqual({ status: 'failed', dependencies: { database: 'failed', queue: 'ok' } })
  const error = { message: 'LinksTable-1F2E3D is gone' }
  expect(lines).toMatchObject([{ level: 'ERROR', message: 'health check failed', check: 'database', error }])
})

test('no checks is 200', async () => {
  expect(await healthRoute({ checks: {}, now: () => 0 })(requestOf(EVENT))).toMatchObject({
    status: 200,
    body: { status: 'ok', dependencies: {} },
  })
})

test('an outcome is cached for 10 seconds and not one millisecond longer', async () => {
  const { state, look } = monitored()
  await look()
  state.databaseIsUp = false
  state.time += 9_999
  expect(await look()).toMatchObject({ status: 200 })
  expect(state.looks).toBe(1)
  state.time += 1
  expect(await look()).toMatchObject({ status: 503 })
  expect(state.looks).toBe(2)
})

test('a failure is cached for as long, then the service is healthy again', async () => {
  const { state, look } = monitored()
  state.databaseIsUp = false
  await look()
  state.databaseIsUp = true
  state.time += 9_999
  expect(await look()).toMatchObject({ status: 503 })
  expect(state.looks).toBe(1)
  state.time += 1
  expect(await look()).toMatchObject({ status: 200 })
})
