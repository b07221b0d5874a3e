import type { ApiOperation, NamedSchema } from '../../shared/http/api-description.ts'
import { ADMIN, MANAGE } from '../fields.ts'
import { listedProvider, listedQueue, providersAnswer, queuesAnswer, redriveAnswer, redriveBody } from './schema.ts'

export const operateSchemas: Record<string, NamedSchema> = {
  Providers: {
    schema: providersAnswer,
    description: 'What sends over each channel.',
    fields: { items: 'A primary before its backup.' },
  },
  Provider: {
    schema: listedProvider,
    description: 'What sends over a channel.',
    fields: { breaker: 'The state of its circuit breaker, which is shared by all workers.' },
  },
  Queues: {
    schema: queuesAnswer,
    description: 'The queues, which all tenants share.',
  },
  Queue: {
    schema: listedQueue,
    description: 'A queue and its messages, which SQS counts approximately.',
    fields: { deadLetters: 'The messages that failed too often, or were set aside.' },
  },
  Redrive: {
    schema: redriveBody,
    description: 'A queue whose dead letters are to be sent again.',
    fields: { queue: 'Its name.', dryRun: 'True: only counts them.' },
  },
  Redriven: { schema: redriveAnswer, description: 'What was moved.', fields: { moved: 'The number of messages.' } },
}

const admin = { tag: 'Operations', scope: ADMIN }

export const operateOperations: readonly ApiOperation[] = [
  {
    tag: 'Operations',
    scope: MANAGE,
    routeKey: 'GET /v1/providers',
    id: 'listProviders',
    summary: 'List the providers and their circuit breakers',
    description: 'A provider that fails too often is not called (`open`) until a single probe succeeds (`half-open`).',
    responses: {
      200: {
        description: 'All providers.',
        body: providersAnswer,
        example: { items: [{ name: 'ses', channel: 'email', role: 'primary', breaker: 'closed' }] },
      },
    },
  },
  {
    ...admin,
    routeKey: 'GET /v1/admin/queues',
    id: 'listQueues',
    summary: 'See how long the queues are',
    description: 'Messages of all tenants.',
    responses: {
      200: {
        description: 'All queues.',
        body: queuesAnswer,
        example: { items: [{ name: 'critical', waiting: 0, delayed: 2, inFlight: 1, deadLetters: 0 }] },
      },
    },
  },
  {
    ...admin,
    routeKey: 'POST /v1/admin/redrive',
    id: 'redrive',
    summary: 'Send the dead letters of a queue again',
    description: 'Moves as many as there are, for 20 seconds at most: repeat it until none is left.',
    body: redriveBody,
    example: { queue: 'normal', dryRun: true },
    responses: { 200: { description: 'They were moved.', body: redriveAnswer, example: { moved: 3 } } },
  },
]
