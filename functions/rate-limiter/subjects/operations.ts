import type { ApiOperation, ApiRefusal, NamedSchema } from '../../shared/http/api-description.ts'
import { resetBody, statePage, stateQuery, subjectState } from './schema.ts'

export const subjectSchemas: Record<string, NamedSchema> = {
  SubjectStates: {
    schema: statePage,
    description: 'A part of a list, by the names of policies.',
    fields: { nextCursor: 'The `cursor` of the next page; `null` on the last.' },
  },
  SubjectState: {
    schema: subjectState,
    description: 'What a subject used of a policy.',
    fields: {
      used: 'What is charged and still counts; of a bucket the tokens that are gone, of slots those that are held.',
      resetMs: 'When all of it is there again, in milliseconds from now.',
    },
  },
  Reset: {
    schema: resetBody,
    description: 'The subject to reset.',
    fields: { policy: 'The only policy to reset it under; all of the tenant, if it is left out.' },
  },
}

const unknownPolicy: ApiRefusal = {
  description: 'The tenant has no policy with this name.',
  codes: ['unknown-policy'],
}
const state = { policy: 'writes', limit: 100, used: 58, remaining: 42, resetMs: 17_000 }

export const subjectOperations: readonly ApiOperation[] = [
  {
    routeKey: 'GET /v1/subjects/state',
    id: 'getSubjectState',
    tag: 'Subjects',
    summary: 'Get what a subject used',
    description: 'Of one policy, or of all that the tenant has. Nothing is charged. Parents are not added in.',
    scope: 'limits:check',
    query: stateQuery,
    queryFields: {
      subject: { description: 'The subject.', example: 'user:3' },
      policy: { description: 'Only this policy.', example: 'writes' },
    },
    responses: {
      200: {
        description: 'A page of policies.',
        body: statePage,
        example: { items: [state], nextCursor: null },
      },
      422: unknownPolicy,
    },
  },
  {
    routeKey: 'POST /v1/subjects/reset',
    id: 'resetSubject',
    tag: 'Subjects',
    summary: 'Reset a subject',
    description:
      'Forgets what the subject used, its blocks and who holds its slots. A denial that an environment remembers ends within a second.',
    scope: 'limits:admin',
    body: resetBody,
    example: { subject: 'user:3', policy: 'writes' },
    responses: { 204: { description: 'The subject is as if it had never asked.' }, 422: unknownPolicy },
  },
]
