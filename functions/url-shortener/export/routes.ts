import * as z from 'zod/mini'
import type { Signer } from '../../shared/aws/signed-urls.ts'
import type { HttpRoute } from '../../shared/http/handler.ts'
import type { SendMessage } from '../../shared/queue/send-message.ts'
import { JOB_STATUSES, type JobStore, newJob } from '../domain/job.ts'
import { fileOf } from '../domain/job-files.ts'
import { type JobRoutesOptions, jobRoutes } from '../job-routes.ts'
import { readJob } from '../read-job.ts'
import { type ExportProgress, NOTHING_EXPORTED } from './export-links.ts'

export interface ExportRoutesOptions extends JobRoutesOptions {
  jobs: Pick<JobStore<ExportProgress>, 'create' | 'read' | 'end'>
  downloadUrl: Signer['downloadUrl']
  send: SendMessage
}

/** The time for which a file can be downloaded after a response: 15 minutes. */
const DOWNLOAD_SECONDS = 900

const DOWNLOAD = {
  type: 'text/csv; charset=utf-8',
  disposition: 'attachment',
  fileName: 'links.csv',
  expiresInSeconds: DOWNLOAD_SECONDS,
} as const

/** The response to `POST /v1/exports`. */
export const startedExportBody = z.strictObject({ jobId: z.string() })

/** An export in a response. */
export const exportBody = z.strictObject({
  status: z.enum(JOB_STATUSES),
  url: z.optional(z.string().check(z.meta({ format: 'uri' }))),
})

/** Creates the routes of exports. */
export function exportRoutes({ jobs, downloadUrl, send, ...options }: ExportRoutesOptions): Record<string, HttpRoute> {
  const read = readJob({ jobs, now: options.now, awaitsUpload: false })
  return jobRoutes(options, {
    kind: 'export',
    scope: 'links:read',
    async start(job, signal) {
      // A crash between the two leaves a job that nobody knows of. The repeat of the request sends the message again.
      await jobs.create(newJob(job, NOTHING_EXPORTED), signal)
      await send({ file: fileOf('export', job.id) }, { signal })
      return {}
    },
    async read(selector, signal) {
      const job = await read(selector, signal)
      if (job?.status !== 'done') return job && { status: job.status }
      return { status: job.status, url: await downloadUrl(fileOf('export', job.id), DOWNLOAD) }
    },
  })
}
