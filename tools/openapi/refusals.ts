import type { ApiAnswer, ApiOperation, ApiRefusal } from '../../functions/shared/http/api-description.ts'

/** A problem, and a flag for statuses that API Gateway may also answer with, in its own words. */
export interface Refusal extends ApiRefusal {
  fromGateway?: boolean
}

/** True if the operation counts against a tenant's write limit. */
export function isLimited({ scope, routeKey }: ApiOperation): boolean {
  return scope !== undefined && /^(POST|PUT|PATCH|DELETE) /.test(routeKey)
}

/** Answers to conditional reads. */
const NOT_MODIFIED: ApiAnswer = { description: 'The client has the current version.', headers: ['ETag'] }

/** Builds all answers of an operation by status: its own, and those of every operation of its kind. */
export function answersOf(operation: ApiOperation): Record<string, ApiAnswer | Refusal> {
  const { routeKey, conditional } = operation
  const isConditionalRead = conditional === true && /^(GET|HEAD) /.test(routeKey)
  const answers: Record<string, ApiAnswer | Refusal> = {
    ...operation.responses,
    ...(isConditionalRead && { 304: NOT_MODIFIED }),
  }
  for (const { status, appliesTo, ...common } of COMMON) {
    if (!appliesTo(operation)) continue
    const own = answers[status]
    if (!own) answers[status] = common
    else if ('codes' in own) answers[status] = merged(own, common)
  }
  return answers
}

/** Merges a route's own codes with those of its kind. Such an answer is unique, and gets no name. */
function merged({ name: _, ...own }: Refusal, common: Refusal): Refusal {
  const saysMore = common.codes.some((code) => !own.codes.includes(code))
  return {
    description: saysMore ? `${own.description} ${common.description}` : own.description,
    codes: [...new Set([...own.codes, ...common.codes])],
    headers: [...new Set([...(own.headers ?? []), ...(common.headers ?? [])])],
    ...(common.fromGateway && { fromGateway: true }),
  }
}

interface CommonRefusal extends Refusal {
  name: string
  status: number
  appliesTo: (operation: ApiOperation) => boolean
}

const COMMON: readonly CommonRefusal[] = [
  {
    status: 400,
    name: 'BadBody',
    appliesTo: ({ body }) => body !== undefined,
    description: 'The body is not JSON, or has another media type.',
    codes: ['invalid-json', 'unsupported-media-type'],
  },
  {
    status: 400,
    name: 'BadCursor',
    appliesTo: ({ query }) => query !== undefined,
    description: 'The cursor does not belong to this list, or has expired.',
    codes: ['invalid-cursor'],
  },
  {
    status: 401,
    name: 'Unauthorized',
    appliesTo: ({ scope }) => scope !== undefined,
    description: 'This route needs an access token.',
    codes: ['unauthorized'],
    fromGateway: true,
  },
  {
    status: 403,
    name: 'Forbidden',
    appliesTo: ({ scope }) => scope !== undefined,
    description: 'The token lacks the scope, or names no tenant.',
    codes: ['scope-missing', 'tenant-missing'],
    fromGateway: true,
  },
  {
    status: 409,
    name: 'InProgress',
    appliesTo: ({ idempotent }) => idempotent === true,
    description: 'The first request with this Idempotency-Key is still in progress.',
    codes: ['operation-in-progress'],
    headers: ['Retry-After'],
  },
  {
    status: 412,
    name: 'PreconditionFailed',
    appliesTo: ({ conditional, onlyIfAbsent }) => conditional === true || onlyIfAbsent === true,
    description: 'If-Match or If-None-Match does not match the current version.',
    codes: ['precondition-failed'],
  },
  {
    status: 413,
    name: 'TooLarge',
    appliesTo: ({ body }) => body !== undefined,
    description: 'The body is too large.',
    codes: ['too-large'],
    fromGateway: true,
  },
  {
    status: 422,
    name: 'Invalid',
    appliesTo: ({ body, query, idempotent }) => (body ?? query) !== undefined && !idempotent,
    description: 'A value is invalid: see `errors`.',
    codes: ['invalid-input'],
  },
  {
    status: 422,
    name: 'InvalidOrReused',
    appliesTo: ({ idempotent }) => idempotent === true,
    description: 'A value is invalid: see `errors`. Or the Idempotency-Key was sent with another body.',
    codes: ['invalid-input', 'idempotency-key-reused'],
  },
  {
    status: 429,
    name: 'RateLimited',
    appliesTo: isLimited,
    description: 'The tenant has reached its limit of writes a second.',
    codes: ['rate-limited'],
    headers: ['Retry-After', 'RateLimit', 'RateLimit-Policy'],
    fromGateway: true,
  },
  {
    status: 429,
    name: 'Throttled',
    appliesTo: (operation) => !isLimited(operation),
    description: 'The API received more requests than it accepts.',
    codes: [],
    fromGateway: true,
  },
  {
    status: 500,
    name: 'Failed',
    appliesTo: () => true,
    description: 'An unexpected error occurred.',
    codes: ['internal-error'],
    fromGateway: true,
  },
  {
    status: 503,
    name: 'Unavailable',
    appliesTo: () => true,
    description: 'The request cannot be handled right now. Try again soon.',
    codes: ['unavailable'],
    headers: ['Retry-After'],
    fromGateway: true,
  },
]
