import { createHash } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import type { Bucket } from '../../shared/aws/bucket.ts'
import type { Clock } from '../../shared/clock.ts'
import type { Cause } from '../../shared/events/event.ts'
import { toProblem } from '../../shared/http/handler.ts'
import { HttpProblem } from '../../shared/http/response.ts'
import { inParallel } from '../../shared/queue/lanes.ts'
import { excerpt } from '../../shared/well-formed.ts'
import { type Job, type JobError, type JobStore, jobError } from '../domain/job.ts'
import { fileOf } from '../domain/job-files.ts'
import type { RunStep } from '../job-steps.ts'
import { COLUMNS, MAX_BYTES, parseRows, type Row } from './parse-rows.ts'

export interface RowError {
  line: number
  code: string
  message: string
}

/** The rows are handled in their order: the next one is `done + failed`. */
export interface ImportProgress {
  /** The version of the file that is imported; `null` before the first step. */
  etag: string | null
  total: number
  done: number
  failed: number
  /** The first errors. */
  errors: RowError[]
}

/** The creation of one link, on behalf of the user who requested the import. */
export interface RowCreation {
  body: unknown
  tenant: string
  createdBy: string
  /** The same each time the row is created. */
  operationId: string
  cause: Cause
}

export interface ImportLinksDeps {
  jobs: Pick<JobStore<ImportProgress>, 'takeOver' | 'save'>
  readFile: Bucket['read']
  /** Creates a link as `POST /v1/links` does. Rejects with the same HttpProblem when it is refused. */
  createLink: (creation: RowCreation, signal: AbortSignal) => Promise<unknown>
  now: Clock
}

export const NOTHING_IMPORTED: ImportProgress = { etag: null, total: 0, done: 0, failed: 0, errors: [] }

/** Rows between two writes of the progress. After a crash at most so many are repeated, without effect. */
const BATCH = 100
const CONCURRENCY = 10
export const MAX_ERRORS = 100
const MAX_MESSAGE = 300

/**
 * Creates the links of a job's file, until they are all created or the time is up. Each row is an operation of its own,
 * whose id is derived from job and line: a row that a crash repeats creates the same link again, and so no other.
 *
 * Rejects if a row can't be created right now. The next step begins with its batch.
 */
export function importLinks(deps: ImportLinksDeps): RunStep {
  const { jobs, now } = deps
  return async ({ id, token, until }, signal) => {
    const job = await jobs.takeOver(id, token, signal)
    if (!job) return 'ended'
    const save = async (status: 'running' | 'done', progress: ImportProgress) =>
      jobs.save({ id, token }, { status, progress, progressedAt: now() }, signal)
    const file = await rowsOf(deps, job, signal)
    if ('error' in file) {
      await jobs.save({ id, token }, { status: 'failed', ...file, progress: job.progress, progressedAt: now() }, signal)
      return 'ended'
    }
    let progress: ImportProgress = { ...job.progress, etag: file.etag, total: file.rows.length }
    // A row is known by its line alone, so the version of the file must be stored before the first row is created.
    if (job.progress.etag === null && (await save('running', progress)) === 'superseded') return 'ended'
    while (now() < until) {
      const start = progress.done + progress.failed
      const rows = file.rows.slice(start, start + BATCH)
      progress = count(progress, await createRows(deps, { job, rows }, signal))
      const isLast = start + rows.length >= file.rows.length
      if ((await save(isLast ? 'done' : 'running', progress)) === 'superseded' || isLast) return 'ended'
    }
    return 'to-be-continued'
  }
}

/** Reads the file, which must be the same in all steps. */
async function rowsOf(
  { readFile }: ImportLinksDeps,
  { id, progress }: Job<ImportProgress>,
  signal: AbortSignal,
): Promise<{ rows: Row[]; etag: string } | { error: JobError }> {
  const found = await readFile(fileOf('import', id), { signal })
  if (!found) return { error: jobError('upload-missing') }
  const { body, etag, size } = found
  const error = progress.etag !== null && progress.etag !== etag ? 'upload-changed' : size > MAX_BYTES && 'too-large'
  if (error) {
    body.destroy()
    return { error: jobError(error) }
  }
  const parsed = parseRows(await buffer(body))
  return 'error' in parsed ? parsed : { rows: parsed.rows, etag }
}

/** Creates links, and returns the errors of those that were refused, in the order of their lines. */
async function createRows(
  { createLink }: ImportLinksDeps,
  { job, rows }: { job: Job<unknown>; rows: readonly Row[] },
  signal: AbortSignal,
): Promise<{ created: number; refused: RowError[] }> {
  const refused: RowError[] = []
  const failures: unknown[] = []
  const { id, tenant, createdBy, cause } = job
  await inParallel(rows, CONCURRENCY, async (row) => {
    if (failures.length > 0) return
    const { line } = row
    if ('error' in row) {
      refused.push({ line, code: 'invalid-input', message: row.error })
      return
    }
    try {
      await createLink({ body: row.body, tenant, createdBy, cause, operationId: operationOf(id, line) }, signal)
    } catch (error) {
      const problem = refusalOf(error)
      if (problem) refused.push({ line, ...problem })
      else failures.push(error)
    }
  })
  if (failures.length > 0) throw failures[0]
  return { created: rows.length - refused.length, refused: refused.sort((a, b) => a.line - b.line) }
}

/** Derives the id of the operation that creates a row's link. */
function operationOf(id: string, line: number): string {
  return createHash('sha256').update(`${id}:line:${line}`).digest('base64url').slice(0, 16)
}

/** Returns the reason for which a row can never be created; `undefined` if a retry may help. */
function refusalOf(error: unknown): Omit<RowError, 'line'> | undefined {
  if (!(error instanceof HttpProblem)) return undefined
  const { status, code, detail, errors } = toProblem(error)
  if (status >= 500 || status === 429) return undefined
  const named = errors?.map(({ path, message }) => `The ${columnOf(path)} ${message}.`).join(' ')
  return { code, message: excerpt(named ?? detail, MAX_MESSAGE) }
}

/** Names the column of a field's path, such as `tags[2]`. */
function columnOf(path: string): string {
  const [column] = Object.entries(COLUMNS).find(([, field]) => field === path) ?? []
  return column ?? path
}

function count(
  { errors, ...progress }: ImportProgress,
  { created, refused }: { created: number; refused: readonly RowError[] },
): ImportProgress {
  return {
    ...progress,
    done: progress.done + created,
    failed: progress.failed + refused.length,
    errors: [...errors, ...refused].slice(0, MAX_ERRORS),
  }
}
