import type { ProblemCode } from '../shared/errors.ts'
import type { ApiRefusal } from '../shared/http/api-description.ts'
import { HttpProblem } from '../shared/http/response.ts'

/** The codes of notifications' own problems, beside the common ones (`PROBLEM_CODES`). */
export const NOTIFICATION_PROBLEM_CODES = [
  'endpoint-disabled',
  'endpoint-taken',
  'too-late',
  'too-many-endpoints',
  'unknown-category',
  'unknown-template',
] as const

/** Every code that a client of notifications can see over HTTP. */
export type NotificationProblemCode = ProblemCode | (typeof NOTIFICATION_PROBLEM_CODES)[number]

export function notFound(detail: string): HttpProblem<NotificationProblemCode> {
  return new HttpProblem<NotificationProblemCode>({ status: 404, code: 'not-found', detail })
}

export function noSuchUser(): HttpProblem<NotificationProblemCode> {
  return notFound('There is no such user.')
}

/** Builds the problem of an endpoint whose id another user of the tenant has. */
export function endpointTaken(): HttpProblem<NotificationProblemCode> {
  const detail = 'Another user has an endpoint with this id: endpoint ids are unique within a tenant.'
  return new HttpProblem<NotificationProblemCode>({ status: 409, code: 'endpoint-taken', detail })
}

export function tooManyEndpoints(limit: number): HttpProblem<NotificationProblemCode> {
  const detail = `A user may have at most ${limit} endpoints: delete one first.`
  return new HttpProblem<NotificationProblemCode>({ status: 409, code: 'too-many-endpoints', detail })
}

/** Builds the problem of a webhook to which nothing is sent. */
export function endpointDisabled(): HttpProblem<NotificationProblemCode> {
  const detail = 'The endpoint is disabled: enable it first.'
  return new HttpProblem<NotificationProblemCode>({ status: 409, code: 'endpoint-disabled', detail })
}

export function noSuchNotification(): HttpProblem<NotificationProblemCode> {
  return notFound('There is no such notification.')
}

/** Describes the answer about a notification that the tenant doesn't have. */
export const notificationNotFound: ApiRefusal = {
  name: 'NotificationNotFound',
  description: 'There is no such notification.',
  codes: ['not-found'],
}
