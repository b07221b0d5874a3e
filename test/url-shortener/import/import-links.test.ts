import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import { AppError } from '../../../functions/shared/errors.ts'
import { invalidInput } from '../../../functions/shared/http/invalid-input.ts'
import { HttpProblem } from '../../../functions/shared/http/response.ts'
import {
  type ImportLinksDeps,
  importLinks,
  NOTHING_IMPORTED,
  type RowCreation,
} from '../../../functions/url-shortener/import/import-links.ts'
import { CAUSE } from '../a-link.ts'
import { NEW_JOB, oneJob } from '../jobs-world.ts'

const { signal } = new AbortController()
const step = { id: NEW_JOB.id, token: 1, until: Number.POSITIVE_INFINITY }
const csvOf = (count: number) =>
  `url\n${Array.from({ length: count }, (_, n) => `https://example.com/${n}`).join('\n')}`

function importing(csv: string, more: Partial<ImportLinksDeps> & { size?: number } = {}) {
  const world = oneJob(NOTHING_IMPORTED)
  const file = { etag: '"a"', size: more.size ?? csv.length }
  /** The links by the id of the operation that made them, as in the table. */
  const links = new Map<string, unknown>()
  const calls: RowCreation[] = []
  const run = importLinks({
    jobs: world.jobs,
    readFile: async () => ({ ...file, type: 'text/csv', body: Readable.from([Buffer.from(csv)]) }),
    createLink: async (creation) => {
      calls.push(creation)
      links.set(creation.operationId, creation.body)
    },
    now: () => 2000,
    ...more,
  })
  return { ...world, run, links, calls, file }
}

test('each row is created as a request of its requester would be, and progress is stored every hundred rows', async () => {
  const { run, calls, links, saved, job } = importing(csvOf(250))
  expect(await run(step, signal)).toBe('ended')
  expect(links.size).toBe(250)
  expect(calls[0]).toEqual({
    body: { url: 'https://example.com/0' },
    tenant: 'acme',
    createdBy: 'user-1',
    cause: CAUSE,
    operationId: expect.stringMatching(/^[\w-]{16}$/),
  })
  expect(saved.map(({ status, progress }) => [status, progress.done, progress.total])).toEqual([
    ['running', 0, 250],
    ['running', 100, 250],
    ['running', 200, 250],
    ['done', 250, 250],
  ])
  expect(job()).toMatchObject({ status: 'done', progressedAt: 2000, error: null })
})

test('ten rows are created at a time: a thousand take less than a minute where each takes half a second', async () => {
  let [now, atOnce] = [0, 0]
  const waiting: (() => void)[] = []
  const createLink = async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    waiting.push(resolve)
    await promise
  }
  const { run } = importing(csvOf(1000), { createLink })
  let isDone = false
  const done = run(step, signal).finally(() => {
    isDone = true
  })
  while (!isDone) {
    // Everything that can begin has begun.
    await setImmediate()
    if (waiting.length === 0) continue
    atOnce = Math.max(atOnce, waiting.length)
    now += 500
    for (const finish of waiting.splice(0)) finish()
  }
  expect(await done).toBe('ended')
  expect([atOnce, now]).toEqual([10, 50_000])
})

test('a step whose time is up stores what it did, and the next one continues there', async () => {
  let time = 0
  const { run, calls, job } = importing(csvOf(250), { now: () => (time += 10) })
  expect(await run({ ...step, until: 25 }, signal)).toBe('to-be-continued')
  expect(job()).toMatchObject({ status: 'running', progress: { done: 100 } })
  expect(await run({ ...step, token: 2 }, signal)).toBe('ended')
  expect([calls.length, job().progress.done]).toEqual([250, 250])
})

/** @proves url-shortener/rows-once */
test('wherever a step is killed, each row ends as one link and is counted once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat({ max: 180 }), { maxLength: 6 }), async (deaths) => {
      const links = new Map<string, unknown>()
      let left = Number.POSITIVE_INFINITY
      const { run, job } = importing(csvOf(230), {
        createLink: async ({ operationId, body }) => {
          if (left-- <= 0) throw new Error('killed')
          links.set(operationId, body)
          if (body && (body as { url: string }).url.endsWith('7'))
            throw invalidInput([{ path: 'url', message: 'is odd' }])
        },
      })
      for (const [index, death] of deaths.entries()) {
        left = death
        await run({ ...step, token: index + 1 }, signal).catch(() => 'killed')
      }
      left = Number.POSITIVE_INFINITY
      await run({ ...step, token: 10 }, signal)
      expect(links.size).toBe(230)
      expect(job()).toMatchObject({ status: 'done', progress: { total: 230, done: 207, failed: 23 } })
      expect(new Set(job().progress.errors.map(({ line }) => line)).size).toBe(23)
    }),
    { numRuns: 30 },
  )
})

/** @proves url-shortener/late-steps-harmless */
test('a step that was replaced stops, and changes nothing', async () => {
  let created = 0
  const { run, jobs, job } = importing(csvOf(250), {
    createLink: async () => {
      created += 1
      if (job().progress.done === 100) await jobs.takeOver(NEW_JOB.id, 7, signal)
    },
  })
  expect(await run(step, signal)).toBe('ended')
  expect(job()).toMatchObject({ status: 'running', progress: { done: 100 } })
  // It learns that it was replaced when it stores the progress of its second hundred.
  expect(created).toBe(200)
})

test('a refused row has its line, its code, and a message about its column', async () => {
  const refusals: Record<string, Error> = {
    a: new HttpProblem<string>({ status: 409, code: 'alias-taken', detail: 'The alias x was used before.' }),
    b: invalidInput([
      { path: 'expiresAt', message: 'must be an RFC 3339 time with an offset' },
      { path: 'tags[1]', message: 'must have at least 1 character' },
    ]),
  }
  const { run, job } = importing('url,title\na,\nb,\nc,\nd,e,f\n', {
    createLink: async ({ body }) => {
      const refusal = refusals[(body as { url: string }).url]
      if (refusal) throw refusal
    },
  })
  await run(step, signal)
  expect(job().progress).toMatchObject({ total: 4, done: 1, failed: 3 })
  expect(job().progress.errors).toEqual([
    { line: 2, code: 'alias-taken', message: 'The alias x was used before.' },
    {
      line: 3,
      code: 'invalid-input',
      message: 'The expires_at must be an RFC 3339 time with an offset. The tags[1] must have at least 1 character.',
    },
    { line: 5, code: 'invalid-input', message: 'The row has 3 values, and the header 2 columns.' },
  ])
})

test('the first hundred errors are kept, and all are counted', async () => {
  const { run, job } = importing(csvOf(150), {
    createLink: async () => {
      throw invalidInput([{ path: 'url', message: 'is wrong' }])
    },
  })
  await run(step, signal)
  expect(job().progress).toMatchObject({ done: 0, failed: 150 })
  expect(job().progress.errors.map(({ line }) => line)).toEqual(Array.from({ length: 100 }, (_, n) => n + 2))
})

test.each([
  ['a table that can’t be reached', new AppError('dependency-failed', 'Down.', { retryable: true })],
  ['a limit', new HttpProblem({ status: 429, code: 'rate-limited', detail: 'Too much.' })],
])('%s is no fault of a row: the step fails, and is repeated', async (_, failure) => {
  const { run, job } = importing(csvOf(3), {
    createLink: async () => {
      throw failure
    },
  })
  await expect(run(step, signal)).rejects.toBe(failure)
  expect(job()).toMatchObject({ status: 'running', progress: { total: 3, done: 0, failed: 0, errors: [] } })
})

/** @proves url-shortener/rows-once */
test('a file that is replaced after a step died in the first hundred rows ends the job, and no row of it is created', async () => {
  let isKilled = true
  const { run, job, file, calls } = importing(csvOf(3), {
    createLink: async (creation) => {
      calls.push(creation)
      if (isKilled && calls.length === 2) throw new Error('killed')
    },
  })
  await expect(run(step, signal)).rejects.toThrow('killed')
  const created = calls.length
  isKilled = false
  file.etag = '"b"'
  expect(await run({ ...step, token: 2 }, signal)).toBe('ended')
  expect(job()).toMatchObject({ status: 'failed', error: { code: 'upload-changed' }, progress: { done: 0 } })
  expect(calls).toHaveLength(created)
})

/** @proves url-shortener/late-steps-harmless */
test('a step that was replaced while it read the file creates no row', async () => {
  const { run, jobs, saved, calls } = importing(csvOf(3), {
    readFile: async () => {
      await jobs.takeOver(NEW_JOB.id, 7, signal)
      return { etag: '"a"', size: 9, type: 'text/csv', body: Readable.from([Buffer.from(csvOf(3))]) }
    },
  })
  expect(await run(step, signal)).toBe('ended')
  expect([saved, calls]).toEqual([[], []])
})

test('a file that is too large, broken, gone or replaced ends the job with no row created', async () => {
  const outcome = async ({ run, job, calls }: Pick<ReturnType<typeof importing>, 'run' | 'job' | 'calls'>) => {
    expect(await run(step, signal)).toBe('ended')
    return [job().status, job().error?.code, calls.length]
  }
  expect(await outcome(importing(csvOf(1), { size: 5 * 1024 * 1024 + 1 }))).toEqual(['failed', 'too-large', 0])
  expect(await outcome(importing('nothing'))).toEqual(['failed', 'invalid-csv', 0])
  expect(await outcome(importing('', { readFile: async () => undefined }))).toEqual(['failed', 'upload-missing', 0])
  const replaced = importing(csvOf(1))
  replaced.change({ progress: { ...NOTHING_IMPORTED, etag: '"other"' } })
  expect(await outcome(replaced)).toEqual(['failed', 'upload-changed', 0])
})

test('a file of exactly 5 MB is accepted', async () => {
  const { run, job } = importing(csvOf(1), { size: 5 * 1024 * 1024 })
  await run(step, signal)
  expect(job().status).toBe('done')
})

test('a header without rows is an import of nothing', async () => {
  const { run, job } = importing('url\n')
  await run(step, signal)
  expect(job()).toMatchObject({ status: 'done', progress: { total: 0, done: 0, failed: 0 } })
})

test('a job that has ended stays as it is', async () => {
  const { run, change, calls } = importing(csvOf(1))
  change({ status: 'done' })
  expect(await run(step, signal)).toBe('ended')
  expect(calls).toEqual([])
})
