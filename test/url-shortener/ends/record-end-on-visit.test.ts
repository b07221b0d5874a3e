import { AppError } from '../../../functions/shared/errors.ts'
import { recordEndOnVisit } from '../../../functions/url-shortener/ends/record-end-on-visit.ts'
import { recordedTelemetry } from '../../support/telemetry.ts'
import { CAUSE } from '../a-link.ts'

const ending = { code: 'abc', version: 'version-1', end: 'expired' as const, cause: CAUSE }
const { signal } = new AbortController()

/** Records ends in a store that fails when the test says so. */
function recorder() {
  const store = { error: undefined as unknown, calls: [] as string[] }
  const { telemetry, lines } = recordedTelemetry()
  const record = recordEndOnVisit({
    recordEnd: async ({ version }) => {
      store.calls.push(version)
      if (store.error) throw store.error
      return 'recorded'
    },
    logger: telemetry.logger,
    now: () => 0,
    random: () => 0,
  })
  return { store, lines, record }
}

test('an end is recorded by the first visit that finds it, not by later and concurrent ones', async () => {
  const { store, record } = recorder()
  await Promise.all([record(ending, signal), record(ending, signal)])
  await record(ending, signal)
  expect(store.calls).toEqual(['version-1'])
})

test('a changed link may reach another end', async () => {
  const { store, record } = recorder()
  await record(ending, signal)
  await record({ ...ending, version: 'version-2' }, signal)
  expect(store.calls).toEqual(['version-1', 'version-2'])
})

test('a failure is logged, does not fail the visit, and is retried by the next one', async () => {
  const { store, lines, record } = recorder()
  store.error = new AppError('dependency-failed', 'the table is down', { retryable: true })
  await record(ending, signal)
  expect(lines).toMatchObject([{ level: 'ERROR', message: 'end of link not recorded', code: 'abc', end: 'expired' }])
  store.error = undefined
  await record(ending, signal)
  expect(store.calls).toHaveLength(2)
})
