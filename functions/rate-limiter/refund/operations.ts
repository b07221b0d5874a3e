import type { ApiOperation, NamedSchema } from '../../shared/http/api-description.ts'
import { refundAnswer, refundBody } from './route.ts'

export const refundSchemas: Record<string, NamedSchema> = {
  Refund: { schema: refundBody, description: 'The decision whose charge is to be given back.' },
  Refunded: {
    schema: refundAnswer,
    description: 'What was given back.',
    fields: { refunded: 'The cost, of a bucket as much as has not refilled since; else 0.' },
  },
}

export const refundOperations: readonly ApiOperation[] = [
  {
    routeKey: 'POST /v1/refund',
    id: 'refund',
    tag: 'Decisions',
    summary: 'Give back what a decision charged',
    description: 'Once, and while its window lasts. An id that is none of this tenant’s gives nothing back.',
    scope: 'limits:check',
    body: refundBody,
    example: { decisionId: 'AQ5rZXktMQ' },
    responses: { 200: { description: 'What was given back.', body: refundAnswer, example: { refunded: 2 } } },
  },
]
