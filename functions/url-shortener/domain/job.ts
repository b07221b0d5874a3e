import type { Cause } from '../../shared/events/event.ts'

export const JOB_STATUSES = ['waiting', 'running', 'done', 'failed'] as const
export type JobStatus = (typeof JOB_STATUSES)[number]

/** The reasons for which a whole job fails. */
export const JOB_ERRORS = {
  'too-large': 'The file has more than 5 MB or 50,000 rows.',
  'invalid-csv': 'The file is not CSV in UTF-8 with a header.',
  'upload-missing': 'No file was uploaded before the URL expired.',
  'upload-changed': 'The file was replaced while it was imported.',
  'timed-out': 'The job made no progress for a day.',
} as const

export interface JobError {
  readonly code: keyof typeof JOB_ERRORS
  readonly message: string
}

/** A job of a tenant. Its work is done in steps, each of which continues from the stored progress. */
export interface Job<Progress> {
  /** The id of the operation that requested it, which can't be guessed. */
  readonly id: string
  readonly tenant: string
  /** The `sub` of the user who requested it. */
  readonly createdBy: string
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  /** The time of the last change of status or progress, in milliseconds since the epoch. */
  readonly progressedAt: number
  readonly cause: Cause
  readonly status: JobStatus
  /** Set exactly if the status is `failed`. */
  readonly error: JobError | null
  readonly progress: Progress
}

export type NewJob = Pick<Job<never>, 'id' | 'tenant' | 'createdBy' | 'createdAt' | 'cause'>

/** The changes of a job by a step or its end. */
export type JobChange<Progress> = Pick<Job<Progress>, 'progress' | 'progressedAt'> &
  ({ status: 'running' | 'done'; error?: never } | { status: 'failed'; error: JobError })

/** Keeps jobs of one kind. All methods reject as `DynamoDB` does. */
export interface JobStore<Progress> {
  /** Stores a new job. Has no effect if it is stored already. */
  create: (job: Job<Progress>, signal: AbortSignal) => Promise<void>
  read: (id: string, signal: AbortSignal) => Promise<Job<Progress> | undefined>
  /**
   * Takes a job over for the holder of a lease: it is running from now on, and writes with an earlier token are refused.
   * `undefined` if it doesn't exist, has ended, or was taken over with a later token.
   */
  takeOver: (id: string, token: number, signal: AbortSignal) => Promise<Job<Progress> | undefined>
  /** Stores a step's outcome, unless the job was taken over or has ended meanwhile. */
  save: (
    job: { id: string; token: number },
    change: JobChange<Progress>,
    signal: AbortSignal,
  ) => Promise<'saved' | 'superseded'>
  /** Ends a job that is still as it was read. */
  end: (job: Job<Progress>, error: JobError, signal: AbortSignal) => Promise<'ended' | 'changed'>
}

/** The time for which jobs and their files exist: a week. */
export const JOB_KEPT_MS = 7 * 24 * 3_600_000

/** The time for which an upload may begin: an hour. */
export const UPLOAD_SECONDS = 3600

/** The longest time for which an upload that began in time, and the news of it, are on their way: 15 minutes. */
const UPLOAD_GRACE_MS = 900_000

/** The time after which a job without progress ends: a day, in which an operator can mend what stops it. */
const STALLED_MS = 24 * 3_600_000

export function newJob<Progress>(made: NewJob, progress: Progress): Job<Progress> {
  return { ...made, progressedAt: made.createdAt, status: 'waiting', error: null, progress }
}

export function jobError(code: JobError['code'], message: string = JOB_ERRORS[code]): JobError {
  return { code, message }
}

export function hasEnded({ status }: Pick<Job<unknown>, 'status'>): boolean {
  return status === 'done' || status === 'failed'
}

/**
 * Returns the error with which a job ends now, if it waits for an upload that can't come any more, or makes no progress.
 *
 * @param awaitsUpload true for a job that begins with an upload.
 */
export function overdue(job: Job<unknown>, now: number, awaitsUpload: boolean): JobError | undefined {
  if (hasEnded(job)) return undefined
  const uploadEnd = job.createdAt + UPLOAD_SECONDS * 1000 + UPLOAD_GRACE_MS
  if (awaitsUpload && job.status === 'waiting') return now >= uploadEnd ? jobError('upload-missing') : undefined
  return now >= job.progressedAt + STALLED_MS ? jobError('timed-out') : undefined
}
