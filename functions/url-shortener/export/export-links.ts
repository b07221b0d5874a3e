import type { Files } from '../../shared/aws/files.ts'
import type { UploadedPart } from '../../shared/aws/multipart-upload.ts'
import type { Clock } from '../../shared/clock.ts'
import { type JobError, type JobStore, jobError } from '../domain/job.ts'
import { fileOf } from '../domain/job-files.ts'
import type { Link, LinkState } from '../domain/link.ts'
import type { RunStep } from '../job-steps.ts'
import { csvHeader, csvRows } from './write-rows.ts'

/** The place of a link in the list of its tenant. */
export interface ListedLink {
  readonly createdAt: string
  readonly code: string
}

export interface ExportProgress {
  /** The upload of the file in parts; `null` before the first step. */
  uploadId: string | null
  parts: UploadedPart[]
  /** The last link in these parts; `null` before the first. */
  after: ListedLink | null
  /** True if these parts hold all links. */
  isComplete: boolean
}

export interface ExportLinksDeps {
  jobs: Pick<JobStore<ExportProgress>, 'takeOver' | 'save'>
  files: Pick<Files, 'startUpload' | 'uploadPart' | 'completeUpload' | 'head'>
  /** Reads links of a tenant, newest first, at most `limit`. */
  readPage: (
    query: { tenant: string; after: ListedLink | undefined; limit: number },
    signal: AbortSignal,
  ) => Promise<{ links: Link[]; more: boolean }>
  readStates: (links: readonly Link[], options: { consistent: boolean; signal: AbortSignal }) => Promise<LinkState[]>
  /** The start of short URLs, without a trailing slash. */
  publicUrl: string
  /** @default the minimum that S3 accepts for a part */
  partBytes?: number
  now: Clock
}

export const NOTHING_EXPORTED: ExportProgress = { uploadId: null, parts: [], after: null, isComplete: false }

const TYPE = 'text/csv; charset=utf-8'
const PAGE = 500
/** The minimum of S3 for each part except for the last, about 20,000 links. */
const PART_BYTES = 5 * 1024 * 1024

/**
 * Writes all links of a job's tenant to its file, newest first, until all are written or the time is up. The file is
 * uploaded in parts, and the progress is stored after each.
 *
 * The number of a part is the sum of the lease's token and of the parts before it. Of two holders of a job the later has
 * the larger token, and continues from at least as many parts, so that they never write the same part: what a holder
 * uploads after it lost its lease is not in the file.
 */
export function exportLinks(deps: ExportLinksDeps): RunStep {
  const { jobs, files, now } = deps
  return async ({ id, token, until }, signal) => {
    const job = await jobs.takeOver(id, token, signal)
    if (!job) return 'ended'
    const file = fileOf('export', id)
    const save = (status: 'running' | 'done', progress: ExportProgress) =>
      jobs.save({ id, token }, { status, progress, progressedAt: now() }, signal)

    const uploadId = job.progress.uploadId ?? (await files.startUpload(file, TYPE, { signal }))
    let progress: ExportProgress = { ...job.progress, uploadId }
    while (!progress.isComplete) {
      if (now() >= until) return 'to-be-continued'
      const { body, after, isComplete } = await nextPart(deps, { tenant: job.tenant, progress }, signal)
      const part = await files.uploadPart(file, { uploadId, number: token + progress.parts.length, body }, { signal })
      progress = { ...progress, parts: [...progress.parts, part], after, isComplete }
      if ((await save('running', progress)) === 'superseded') return 'ended'
    }
    const error = await complete(deps, { file, uploadId, parts: progress.parts }, signal)
    if (error) await jobs.save({ id, token }, { status: 'failed', error, progress, progressedAt: now() }, signal)
    else await save('done', progress)
    return 'ended'
  }
}

/** Builds the next part of the file: of at least 5 MiB, or the last. */
async function nextPart(
  { readPage, readStates, publicUrl, partBytes = PART_BYTES }: ExportLinksDeps,
  { tenant, progress }: { tenant: string; progress: ExportProgress },
  signal: AbortSignal,
): Promise<Pick<ExportProgress, 'after' | 'isComplete'> & { body: Uint8Array }> {
  const texts = progress.parts.length === 0 ? [Buffer.from(csvHeader())] : []
  let { after } = progress
  for (let bytes = 0; bytes < partBytes; ) {
    const { links, more } = await readPage({ tenant, after: after ?? undefined, limit: PAGE }, signal)
    const text = Buffer.from(csvRows(await readStates(links, { consistent: false, signal }), publicUrl))
    texts.push(text)
    bytes += text.length
    const last = links.at(-1)
    if (last) after = { createdAt: last.createdAt, code: last.code }
    if (!more) return { body: Buffer.concat(texts), after, isComplete: true }
  }
  return { body: Buffer.concat(texts), after, isComplete: false }
}

/** Completes the file. An upload that S3 no longer knows was completed by an earlier attempt, or has expired. */
async function complete(
  { files }: ExportLinksDeps,
  { file, ...upload }: { file: string; uploadId: string; parts: readonly UploadedPart[] },
  signal: AbortSignal,
): Promise<JobError | undefined> {
  if ((await files.completeUpload(file, upload, { signal })) === 'completed') return undefined
  return (await files.head(file, { signal })) ? undefined : jobError('timed-out')
}
