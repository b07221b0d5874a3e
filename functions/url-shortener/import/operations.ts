import type { ApiOperation, NamedSchema } from '../../shared/http/api-description.ts'
import { JOB, jobNotFound } from '../job-routes.ts'
import { importBody, refusedRow, startedImportBody } from './routes.ts'

export const importSchemas: Record<string, NamedSchema> = {
  StartedImport: {
    schema: startedImportBody,
    description: 'An import that waits for its file.',
    fields: {
      uploadUrl: 'The URL to which the file is sent by PUT, within an hour. Whoever has it can upload the file.',
    },
  },
  Import: {
    schema: importBody,
    description: 'The state of an import.',
    fields: {
      status: '`waiting` for the file, `running`, `done` with every row, or `failed` as a whole.',
      error: 'The reason why the import failed as a whole.',
      total: 'The rows of the file.',
      done: 'The rows whose links were created.',
      failed: 'The rows that were refused.',
      errors: 'The first 100 refused rows, by the line of the file on which each begins. The header is line 1.',
    },
  },
  RefusedRow: {
    schema: refusedRow,
    description: 'A row of the file whose link was not created.',
    fields: { line: 'The line on which it begins.', code: 'The `code` that a separate request would get.' },
  },
}

const scope = 'links:write'

export const importOperations: readonly ApiOperation[] = [
  {
    routeKey: 'POST /v1/imports',
    id: 'startImport',
    tag: 'Jobs',
    summary: 'Start an import of links',
    description:
      'Send the file to `uploadUrl` by PUT: CSV in UTF-8 with a header, up to 5 MB and 50,000 rows. The columns are `url`, `alias`, `title`, `tags` (separated by `|`) and `expires_at`; all but `url` are optional. The import counts as one write of the tenant.',
    scope,
    idempotent: true,
    responses: {
      202: {
        description: 'The import, which begins with the upload.',
        body: startedImportBody,
        example: {
          jobId: JOB.jobId.example,
          uploadUrl: `https://a-bucket.s3.eu-central-1.amazonaws.com/imports/${JOB.jobId.example}.csv?X-Amz-Signature=0123`,
        },
        headers: ['Location'],
      },
    },
  },
  {
    routeKey: 'GET /v1/imports/{jobId}',
    id: 'getImport',
    tag: 'Jobs',
    summary: 'Get the state of an import',
    description: 'An import exists for a week. One whose file never comes fails after an hour and a quarter.',
    params: JOB,
    scope,
    responses: {
      200: {
        description: 'The state of the import.',
        body: importBody,
        example: {
          status: 'done',
          error: null,
          total: 3,
          done: 2,
          failed: 1,
          errors: [{ line: 3, code: 'alias-taken', message: 'The alias spring-sale was used before.' }],
        },
      },
      404: jobNotFound,
    },
  },
]
