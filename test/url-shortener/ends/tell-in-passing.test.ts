import { AppError } from '../../../functions/shared/errors.ts'
import { tellInPassing } from '../../../functions/url-shortener/ends/tell-in-passing.ts'
import { recordedTelemetry } from '../../support/telemetry.ts'
import { CAUSE } from '../a-link.ts'

const ending = { code: 'abc', version: 'version-1', end: 'expired' as const, cause: CAUSE }
const { signal } = new AbortController()

/** Tells by a store whose health the test sets. */
function told() {
  const store = { error: undefined as unknown, calls: [] as string[] }
  const { telemetry, lines } = recordedTelemetry()
  const tell = tellInPassing({
    tellEnd: async ({ version }) => {
      store.calls.push(version)
      if (store.error) throw store.error
      return 'told'
    },
    logger: telemetry.logger,
    now: () => 0,
    random: () => 0,
  })
  return { store, lines, tell }
}

test('an end is told by the first visit that meets it, not by those after and beside it', async () => {
  const { store, tell } = told()
  await Promise.all([tell(ending, signal), tell(ending, signal)])
  await tell(ending, signal)
  expect(store.calls).toEqual(['version-1'])
})

test('a link that was changed may come to another end', async () => {
  const { store, tell } = told()
  await tell(ending, signal)
  await tell({ ...ending, version: 'version-2' }, signal)
  expect(store.calls).toEqual(['version-1', 'version-2'])
})

test('what fails is logged, does not fail the visit, and is tried by the next', async () => {
  const { store, lines, tell } = told()
  store.error = new AppError('dependency-failed', 'the table is down', { retryable: true })
  await tell(ending, signal)
  expect(lines).toMatchObject([{ level: 'ERROR', message: 'end of link not told', code: 'abc', end: 'expired' }])
  store.error = undefined
  await tell(ending, signal)
  expect(store.calls).toHaveLength(2)
})
