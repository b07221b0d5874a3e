/** The kinds of jobs, each of which has one file. */
export type JobKind = 'import' | 'export'

export const JOB_ID_PATTERN = '[A-Za-z0-9_-]{12,64}'

/** The beginnings of the keys of files, by which the stack grants access and lets files expire. */
const FOLDERS = { import: 'imports/', export: 'exports/' } as const satisfies Record<JobKind, string>

const FILE = new RegExp(`^(import|export)s/(${JOB_ID_PATTERN})\\.csv$`)

/** Returns the key of a job's file in the bucket. */
export function fileOf(kind: JobKind, id: string): string {
  return `${FOLDERS[kind]}${id}.csv`
}

/** Reads the job from the key of its file; `undefined` for any other key. */
export function jobOf(file: string): { kind: JobKind; id: string } | undefined {
  const [, kind, id = ''] = FILE.exec(file) ?? []
  return kind === undefined ? undefined : { kind: kind as JobKind, id }
}
