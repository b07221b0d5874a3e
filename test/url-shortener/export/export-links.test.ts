import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import type { Link } from '../../../functions/url-shortener/domain/link.ts'
import {
  type ExportLinksDeps,
  exportLinks,
  NOTHING_EXPORTED,
} from '../../../functions/url-shortener/export/export-links.ts'
import { aLink, aState } from '../a-link.ts'
import { NEW_JOB, oneJob } from '../jobs-world.ts'

const { signal } = new AbortController()
const step = { id: NEW_JOB.id, token: 1, until: Number.POSITIVE_INFINITY }

/** Keeps the parts of one upload, as S3 does: the last one with a number wins, and completing takes the listed ones. */
function uploads() {
  const parts = new Map<number, { etag: string; body: Buffer }>()
  let [object, count] = [undefined as Buffer | undefined, 0]
  const files: ExportLinksDeps['files'] = {
    startUpload: async () => 'upload-1',
    async uploadPart(_, { number, body }) {
      const etag = `"${count++}"`
      parts.set(number, { etag, body: Buffer.from(body) })
      return { number, etag }
    },
    async completeUpload(_, upload) {
      if (object) return 'unknown'
      object = Buffer.concat(
        upload.parts.map(({ number, etag }) => {
          const part = parts.get(number)
          if (part?.etag !== etag) throw new Error('InvalidPart')
          return part.body
        }),
      )
      return 'completed'
    },
    head: async () => object && { size: object.length, type: 'text/csv', etag: '"a"' },
  }
  return { files, text: () => object?.toString() ?? '', numbers: () => [...parts.keys()] }
}

function linksOf(count: number): Link[] {
  return Array.from({ length: count }, (_, n) => aLink({ code: `code-${n}`, createdAt: new Date(n).toISOString() }))
}

function exporting(count: number, more: Partial<ExportLinksDeps> = {}) {
  const links = linksOf(count)
  const world = oneJob(NOTHING_EXPORTED)
  const s3 = uploads()
  const deps: ExportLinksDeps = {
    jobs: world.jobs,
    files: s3.files,
    async readPage({ after, limit }) {
      const start = after ? links.findIndex(({ code }) => code === after.code) + 1 : 0
      const end = start + Math.min(limit, 5)
      return { links: links.slice(start, end), more: end < links.length }
    },
    readStates: async (page) => page.map(({ code, createdAt, url }) => aState({ code, createdAt, url })),
    publicUrl: 'https://go.example',
    // About ten links.
    partBytes: 800,
    now: () => 2000,
    ...more,
  }
  const codes = () => parse(s3.text(), { from_line: 2 }).map(([code]) => code)
  return { ...world, ...s3, deps, run: exportLinks(deps), codes, all: links.map(({ code }) => code) }
}

test('all links are in the file, in parts that S3 accepts', async () => {
  const { run, codes, all, saved, job } = exporting(30)
  expect(await run(step, signal)).toBe('ended')
  expect(codes()).toEqual(all)
  expect(saved.map(({ status, progress }) => [status, progress.parts.length])).toEqual([
    ['running', 1],
    ['running', 2],
    ['running', 3],
    ['done', 3],
  ])
  expect(job().status).toBe('done')
})

test('no links are a file with a header alone', async () => {
  const { run, text } = exporting(0)
  await run(step, signal)
  expect(text()).toBe('code,short_url,url,title,tags,created_at,expires_at,clicks\r\n')
})

test('a step whose time is up continues after its last part', async () => {
  let time = 0
  const { run, codes, all } = exporting(30, { now: () => (time += 10) })
  expect(await run({ ...step, until: 25 }, signal)).toBe('to-be-continued')
  expect(await run({ ...step, token: 2 }, signal)).toBe('ended')
  expect(codes()).toEqual(all)
})

/** @proves url-shortener/late-steps-harmless */
test('a holder that goes on after it lost its lease changes nothing in the file', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const world = exporting(30)
      const { files } = world.deps
      const late: typeof files = {
        ...files,
        async uploadPart(...part) {
          // A part arrives in any order with those of the other holders.
          await scheduler.schedule(Promise.resolve())
          return files.uploadPart(...part)
        },
      }
      const run = exportLinks({ ...world.deps, files: late })
      const runs = [1, 2, 3].map((token) => run({ ...step, token }, signal))
      await scheduler.waitFor(Promise.all(runs))
      expect(world.job().status).toBe('done')
      expect(world.codes()).toEqual(world.all)
      expect(new Set(world.numbers()).size).toBe(world.numbers().length)
    }),
    { numRuns: 100 },
  )
})

test('a crash between the completed file and the end of the job is repaired by the next step', async () => {
  const { run, jobs, change, job, codes, all } = exporting(10)
  await run(step, signal)
  change({ status: 'running' })
  expect(await run({ ...step, token: 2 }, signal)).toBe('ended')
  expect([job().status, codes()]).toEqual(['done', all])
  expect(await jobs.takeOver(NEW_JOB.id, 3, signal)).toBeUndefined()
})

test('an upload that S3 has dropped ends the job', async () => {
  const { files } = uploads()
  const { run, job } = exporting(10, { files: { ...files, completeUpload: async () => 'unknown' } })
  expect(await run(step, signal)).toBe('ended')
  expect(job()).toMatchObject({ status: 'failed', error: { code: 'timed-out' } })
})
