import type { Clock } from '../shared/clock.ts'
import { AppError } from '../shared/errors.ts'
import { JOB_KEPT_MS, type Job, type JobStore, overdue } from './domain/job.ts'

export interface ReadJobDeps<Progress> {
  jobs: Pick<JobStore<Progress>, 'read' | 'end'>
  now: Clock
  /** True for jobs that begin with an upload. */
  awaitsUpload: boolean
}

export type ReadJob<Progress> = (
  selector: { tenant: string; id: string },
  signal: AbortSignal,
) => Promise<Job<Progress> | undefined>

/** The reads of a job that changes at the same moment. */
const MAX_READS = 3

/**
 * Reads a tenant's job. One that is overdue is ended by this read, so that what a client has seen stays true, and no
 * timer is needed: work that still arrives for it is refused.
 */
export function readJob<Progress>({ jobs, now, awaitsUpload }: ReadJobDeps<Progress>): ReadJob<Progress> {
  return async ({ tenant, id }, signal) => {
    for (let reads = 0; reads < MAX_READS; reads++) {
      const job = await jobs.read(id, signal)
      if (!job || job.tenant !== tenant || now() >= job.createdAt + JOB_KEPT_MS) return undefined
      const error = overdue(job, now(), awaitsUpload)
      if (!error) return job
      if ((await jobs.end(job, error, signal)) === 'ended') return { ...job, status: 'failed', error }
    }
    throw new AppError('conflict', 'The job keeps changing', { retryable: true })
  }
}
