import type { Job, JobChange, JobStore, NewJob } from '../../functions/url-shortener/domain/job.ts'
import { hasEnded, newJob } from '../../functions/url-shortener/domain/job.ts'
import { CAUSE } from './a-link.ts'

export const NEW_JOB: NewJob = {
  id: 'job-123456789',
  tenant: 'acme',
  createdBy: 'user-1',
  createdAt: 1000,
  cause: CAUSE,
}

/** Keeps one job in memory, by the rules of the store: see `jobs.store.test.ts`. */
export function oneJob<Progress>(progress: Progress, made: Partial<Job<Progress>> = {}) {
  let [job, fence] = [{ ...newJob(NEW_JOB, progress), ...made }, 0]
  const saved: JobChange<Progress>[] = []
  const jobs: JobStore<Progress> = {
    create: async () => {},
    read: async (id) => (id === job.id ? structuredClone(job) : undefined),
    async takeOver(id, token) {
      if (id !== job.id || hasEnded(job) || token < fence) return undefined
      fence = token
      job = { ...job, status: 'running' }
      return structuredClone(job)
    },
    async save({ token }, change) {
      if (token !== fence || job.status !== 'running') return 'superseded'
      saved.push(structuredClone(change))
      job = { ...job, error: null, ...structuredClone(change) }
      return 'saved'
    },
    async end({ status }, error) {
      if (status !== job.status) return 'changed'
      job = { ...job, status: 'failed', error }
      return 'ended'
    },
  }
  return { jobs, saved, job: () => job, change: (more: Partial<Job<Progress>>) => Object.assign(job, more) }
}
