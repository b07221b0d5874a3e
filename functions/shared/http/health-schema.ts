import * as z from 'zod/mini'
import type { ApiOperation, NamedSchema } from './api-description.ts'

const outcome = z.enum(['ok', 'failed'])

/** What `GET /health` answers. */
export const healthBody = z.strictObject({ status: outcome, dependencies: z.record(z.string(), outcome) })

/** The schemas of the health of a service, for its description. */
export const healthSchemas: Record<string, NamedSchema> = {
  Health: {
    schema: healthBody,
    description: 'Whether the service is well.',
    fields: { dependencies: 'What the service depends on, by name.' },
  },
}

const description = 'Public. Each environment of the function looks at most once in 10 seconds.'
const health = (table: 'ok' | 'failed') => ({ body: healthBody, example: { status: table, dependencies: { table } } })

/** The routes of the health of a service, for its description. */
export const healthOperations: readonly ApiOperation[] = [
  {
    routeKey: 'GET /health',
    id: 'getHealth',
    tag: 'Service',
    summary: 'Get the health of the service',
    description,
    responses: {
      200: { description: 'All dependencies answer.', ...health('ok') },
      503: { description: 'A dependency does not answer.', ...health('failed') },
    },
  },
  {
    routeKey: 'HEAD /health',
    id: 'probeHealth',
    tag: 'Service',
    summary: 'Get the health of the service, by the status alone',
    description,
    responses: {
      200: { description: 'All dependencies answer.' },
      503: { description: 'A dependency does not answer.' },
    },
  },
]
