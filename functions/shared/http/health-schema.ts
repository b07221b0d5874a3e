import * as z from 'zod/mini'
import type { ApiOperation, NamedSchema } from './api-description.ts'

const outcome = z.enum(['ok', 'failed'])

/** The response body of `GET /health`. */
export const healthBody = z.strictObject({ status: outcome, dependencies: z.record(z.string(), outcome) })

/** The schemas of a service's health, for its API description. */
export const healthSchemas: Record<string, NamedSchema> = {
  Health: {
    schema: healthBody,
    description: 'The health of the service.',
    fields: { dependencies: 'The outcome for each dependency of the service, by name.' },
  },
}

const description = 'Public. Each environment of the function checks its dependencies at most once in 10 seconds.'
const health = (table: 'ok' | 'failed') => ({ body: healthBody, example: { status: table, dependencies: { table } } })

/** The routes of a service's health, for its API description. */
export const healthOperations: readonly ApiOperation[] = [
  {
    routeKey: 'GET /health',
    id: 'getHealth',
    tag: 'Service',
    summary: 'Get the health of the service',
    description,
    responses: {
      200: { description: 'All dependencies respond.', ...health('ok') },
      503: { description: 'A dependency does not respond.', ...health('failed') },
    },
  },
  {
    routeKey: 'HEAD /health',
    id: 'probeHealth',
    tag: 'Service',
    summary: 'Get the health of the service, by the status alone',
    description,
    responses: {
      200: { description: 'All dependencies respond.' },
      503: { description: 'A dependency does not respond.' },
    },
  },
]
