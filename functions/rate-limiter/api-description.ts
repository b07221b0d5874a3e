import type { ApiDescription } from '../shared/http/api-description.ts'
import { healthOperations, healthSchemas } from '../shared/http/health-schema.ts'
import { checkOperations, checkSchemas } from './check/operations.ts'
import { policyOperations, policySchemas } from './policies/operations.ts'
import { refundOperations, refundSchemas } from './refund/operations.ts'
import { slotOperations, slotSchemas } from './slots/operations.ts'
import { subjectOperations, subjectSchemas } from './subjects/operations.ts'
import { topOperations, topSchemas } from './top/route.ts'

export const apiDescription: ApiDescription = {
  title: 'Rate limiter',
  description: 'Policies that operators change live, and decisions by them for anyone who asks over HTTP.',
  tags: {
    Decisions: 'Whether a subject may do something now.',
    Slots: 'How many do something at the same time.',
    Subjects: 'What subjects used.',
    Policies: 'What decides.',
    Service: 'The state of the service.',
  },
  scopes: {
    'limits:check': 'Ask for decisions and slots, and see what subjects used.',
    'limits:admin': 'See and change policies, and reset subjects.',
  },
  schemas: {
    ...checkSchemas,
    ...refundSchemas,
    ...slotSchemas,
    ...subjectSchemas,
    ...policySchemas,
    ...topSchemas,
    ...healthSchemas,
  },
  operations: [
    ...checkOperations,
    ...refundOperations,
    ...slotOperations,
    ...subjectOperations,
    ...policyOperations,
    ...topOperations,
    ...healthOperations,
  ],
}
