import type { Job } from '../../functions/url-shortener/domain/job.ts'
import { readJob } from '../../functions/url-shortener/read-job.ts'
import { NEW_JOB, oneJob } from './jobs-world.ts'

const { signal } = new AbortController()
const { id, tenant } = NEW_JOB
const [MINUTE, DAY] = [60_000, 86_400_000]

function reading(now: number, made: Partial<Job<null>> = {}, awaitsUpload = true) {
  const world = oneJob<null>(null, { createdAt: 0, progressedAt: 0, ...made })
  const read = readJob({ jobs: world.jobs, now: () => now, awaitsUpload })
  return { ...world, read: (as = tenant) => read({ tenant: as, id }, signal) }
}

test('an import whose upload never comes ends after an hour and a quarter', async () => {
  expect(await reading(75 * MINUTE - 1).read()).toMatchObject({ status: 'waiting', error: null })
  const { read, job } = reading(75 * MINUTE)
  expect(await read()).toMatchObject({ status: 'failed', error: { code: 'upload-missing' } })
  expect(job()).toMatchObject({ status: 'failed', error: { code: 'upload-missing' } })
})

test('an upload that arrives after the end was seen is not imported', async () => {
  const { read, jobs } = reading(75 * MINUTE)
  await read()
  expect(await jobs.takeOver(id, 1, signal)).toBeUndefined()
})

test('an end is not stored for a job that began meanwhile', async () => {
  const world = reading(75 * MINUTE)
  const read = readJob({
    jobs: {
      ...world.jobs,
      async end(job, error, inner) {
        world.change({ status: 'running', progressedAt: 75 * MINUTE })
        return world.jobs.end(job, error, inner)
      },
    },
    now: () => 75 * MINUTE,
    awaitsUpload: true,
  })
  expect(await read({ tenant, id }, signal)).toMatchObject({ status: 'running', error: null })
})

test.each(['waiting', 'running'] as const)('a %s export without progress for a day ends', async (status) => {
  const made = { status, progressedAt: MINUTE }
  expect(await reading(DAY + MINUTE - 1, made, false).read()).toMatchObject({ status })
  expect(await reading(DAY + MINUTE, made, false).read()).toMatchObject({
    status: 'failed',
    error: { code: 'timed-out' },
  })
})

test('a job that has ended stays as it is, for a week', async () => {
  expect(await reading(7 * DAY - 1, { status: 'done' }).read()).toMatchObject({ status: 'done' })
  expect(await reading(7 * DAY, { status: 'done' }).read()).toBeUndefined()
})

test('the job of another tenant doesn’t exist', async () => {
  expect(await reading(0).read('other')).toBeUndefined()
})
