import * as z from 'zod/mini'
import type { Signer } from '../../shared/aws/signed-urls.ts'
import type { HttpRoute } from '../../shared/http/handler.ts'
import { JOB_ERRORS, JOB_STATUSES, type Job, type JobStore, newJob, UPLOAD_SECONDS } from '../domain/job.ts'
import { fileOf } from '../domain/job-files.ts'
import { type JobRoutesOptions, jobRoutes } from '../job-routes.ts'
import { readJob } from '../read-job.ts'
import { type ImportProgress, MAX_ERRORS, NOTHING_IMPORTED } from './import-links.ts'

export interface ImportRoutesOptions extends JobRoutesOptions {
  jobs: Pick<JobStore<ImportProgress>, 'create' | 'read' | 'end'>
  uploadUrl: Signer['uploadUrl']
}

const jobErrorCode = z.enum(Object.keys(JOB_ERRORS) as (keyof typeof JOB_ERRORS)[])

/** The response to `POST /v1/imports`. */
export const startedImportBody = z.strictObject({
  jobId: z.string(),
  uploadUrl: z.string().check(z.meta({ format: 'uri' })),
})

/** A row of an import's file that was refused. */
export const refusedRow = z.strictObject({ line: z.int(), code: z.string(), message: z.string() })

/** An import in a response. */
export const importBody = z.strictObject({
  status: z.enum(JOB_STATUSES),
  error: z.nullable(z.strictObject({ code: jobErrorCode, message: z.string() })),
  total: z.int(),
  done: z.int(),
  failed: z.int(),
  errors: z.array(refusedRow).check(z.maxLength(MAX_ERRORS)),
})

/** Creates the routes of imports. An import begins when its file is uploaded. */
export function importRoutes({ jobs, uploadUrl, ...options }: ImportRoutesOptions): Record<string, HttpRoute> {
  const read = readJob({ jobs, now: options.now, awaitsUpload: true })
  return jobRoutes(options, {
    kind: 'import',
    scope: 'links:write',
    async start(job, signal) {
      await jobs.create(newJob(job, NOTHING_IMPORTED), signal)
      return { uploadUrl: await uploadUrl(fileOf('import', job.id), { expiresInSeconds: UPLOAD_SECONDS }) }
    },
    async read(selector, signal) {
      const job = await read(selector, signal)
      return job && importView(job)
    },
  })
}

function importView({ status, error, progress }: Job<ImportProgress>): z.output<typeof importBody> {
  const { total, done, failed, errors } = progress
  return { status, error, total, done, failed, errors }
}
