import type { Files } from '../../functions/shared/aws/files.ts'

/** Loads no files, for tests without attachments. */
export async function noFiles(): Promise<Files> {
  throw new Error('This test has no files')
}
