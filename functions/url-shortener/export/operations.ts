import type { ApiOperation, NamedSchema } from '../../shared/http/api-description.ts'
import { JOB, jobNotFound } from '../job-routes.ts'
import { exportBody, startedExportBody } from './routes.ts'

export const exportSchemas: Record<string, NamedSchema> = {
  StartedExport: { schema: startedExportBody, description: 'An export.' },
  Export: {
    schema: exportBody,
    description: 'The state of an export.',
    fields: {
      status: '`waiting` to begin, `running`, `done`, or `failed`.',
      url: 'The URL of the file, for 15 minutes; present once the export is done. Get the export again for a new one.',
    },
  },
}

const scope = 'links:read'

export const exportOperations: readonly ApiOperation[] = [
  {
    routeKey: 'POST /v1/exports',
    id: 'startExport',
    tag: 'Jobs',
    summary: 'Start an export of all links',
    description:
      'The file is CSV in UTF-8, newest link first, with the columns `code`, `short_url`, `url`, `title`, `tags` (separated by `|`), `created_at`, `expires_at` and `clicks`. A value that a spreadsheet would run as a formula has an apostrophe before it.',
    scope,
    idempotent: true,
    responses: {
      202: {
        description: 'The export, which begins at once.',
        body: startedExportBody,
        example: { jobId: JOB.jobId.example },
        headers: ['Location'],
      },
    },
  },
  {
    routeKey: 'GET /v1/exports/{jobId}',
    id: 'getExport',
    tag: 'Jobs',
    summary: 'Get the state of an export',
    description: 'An export and its file exist for a week.',
    params: JOB,
    scope,
    responses: {
      200: {
        description: 'The state of the export.',
        body: exportBody,
        example: {
          status: 'done',
          url: `https://a-bucket.s3.eu-central-1.amazonaws.com/exports/${JOB.jobId.example}.csv?X-Amz-Signature=0123`,
        },
      },
      404: jobNotFound,
    },
  },
]
