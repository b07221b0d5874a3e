import type { ApiOperation, NamedSchema } from '../../shared/http/api-description.ts'
import { checkAnswer, checkBody, checkQuery, decisionBody, namedCheck } from './schema.ts'

export const checkSchemas: Record<string, NamedSchema> = {
  Checks: { schema: checkBody, description: 'What is asked. All checks pass, or none is charged.' },
  Check: {
    schema: namedCheck,
    description: 'What a subject asks of one policy.',
    fields: {
      policy: 'The name of the policy.',
      subject: 'The subject that is limited: a user, an address, a key. At most 256 bytes, stored in NFC.',
      cost: 'How much it takes of the limit. 1, if it is left out.',
      peek: 'Whether to look without charging.',
    },
  },
  Decisions: {
    schema: checkAnswer,
    description: 'Whether all checks pass, and the decision of each in the order of the request.',
  },
  Decision: {
    schema: decisionBody,
    description: 'The decision of one check.',
    fields: {
      decisionId: 'What a refund needs. It can be read: it names the policy and the subject.',
      allowed: 'In a denied request, whether this check alone would pass.',
      remaining: 'What is left of the limit.',
      resetMs: 'When all of the limit is there again, in milliseconds from now.',
      retryAfterMs: 'When the same may pass, in milliseconds from now: 0 when it is allowed, `null` when it never can.',
      wouldDeny: 'Whether a policy in shadow mode would have denied it.',
      source:
        'Where the decision comes from: the table (`store`), what the environment knows without it (`cache`), or `onError` (`fallback`).',
      degraded: 'Whether the table did not answer in time. It may have been charged.',
      approximate: 'Whether shards make the numbers a guess.',
    },
  },
}

const decision = {
  decisionId: 'AQ5rZXktMQ',
  policy: 'writes',
  subject: 'user:3',
  allowed: true,
  limit: 100,
  remaining: 42,
  resetMs: 17_000,
  retryAfterMs: 0,
  mode: 'enforce',
  source: 'store',
  degraded: false,
  approximate: false,
}

export const checkOperations: readonly ApiOperation[] = [
  {
    routeKey: 'POST /v1/check',
    id: 'check',
    tag: 'Decisions',
    summary: 'Decide up to 20 checks',
    description:
      'All checks pass, or none is charged; a denial charges nothing. With `enforce=http` a denial is 429, so that a proxy can go by the status alone. It takes no Idempotency-Key: a retry may charge again.',
    scope: 'limits:check',
    query: checkQuery,
    queryFields: { enforce: { description: 'Answer a denial by the status 429.', example: 'http' } },
    body: checkBody,
    example: { checks: [{ policy: 'writes', subject: 'user:3', cost: 2 }] },
    responses: {
      200: {
        description: 'The decisions. With `enforce=http` all checks passed, and the RateLimit fields say what is left.',
        body: checkAnswer,
        example: { allowed: true, decisions: [decision] },
        headers: ['RateLimit', 'RateLimit-Policy'],
      },
      422: {
        description: 'A check names no policy of the tenant, or one with shards among other checks.',
        codes: ['unknown-policy', 'not-composable'],
      },
      429: {
        description: 'With `enforce=http`: a limit denies the request.',
        codes: ['rate-limited'],
        headers: ['Retry-After', 'RateLimit', 'RateLimit-Policy'],
      },
    },
  },
]
