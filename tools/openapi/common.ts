import * as z from 'zod/mini'
import type { HeaderName, NamedSchema } from '../../functions/shared/http/api-description.ts'
import { fieldError } from '../../functions/shared/http/field-error-schema.ts'
import { DEFAULT_LIMIT, MAX_LIMIT, pageQuery } from '../../functions/shared/http/page-query.ts'
import type { Json } from './components.ts'

/** The same id as in the field `requestId` of an error. */
export const REQUEST_ID = 'JKJaXmPLvHcESHA='

/** RFC 9457, as this project uses it. */
export const problem = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string().check(z.regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)),
  requestId: z.string(),
  errors: z.optional(z.array(fieldError)),
  'violated-policies': z.optional(z.array(z.string())),
})

export const gatewayError = z.looseObject({ message: z.string() })

export const COMMON_SCHEMAS: Record<string, NamedSchema> = {
  Problem: {
    schema: problem,
    description: 'An error (RFC 9457, `application/problem+json`).',
    fields: {
      type: '`about:blank`, unless the type is a registered one.',
      detail: 'One sentence for people; it may change.',
      code: 'The stable code, in kebab case, for programs to act on.',
      requestId: 'The id to quote in a report of the error; the same as in `x-request-id`.',
      errors: 'The invalid values.',
      'violated-policies': 'With `rate-limited`: the limits that were reached.',
    },
  },
  FieldError: {
    schema: fieldError,
    description: 'An invalid value.',
    fields: { path: 'The field, as in `url` or `tags[3]`; empty for the body itself.' },
  },
  GatewayError: {
    schema: gatewayError,
    description: 'An error of API Gateway, which answers in place of the function.',
  },
}

interface Header {
  /** The field's name, if it differs from the component's. */
  field?: string
  isRequired?: true
  description: string
  schema?: Json
  example: unknown
}

const COUNT = { type: 'integer', minimum: 0 }

export const HEADERS: Record<HeaderName, Header> = {
  ETag: { isRequired: true, description: 'The version of the object, for If-Match.', example: '"4kX9wQ2mTz"' },
  'Idempotent-Replayed': { description: '`true`: the answer to an earlier request with this key.', example: 'true' },
  Location: { isRequired: true, description: 'The URL of the new object.', example: '/v1/objects/one' },
  RateLimit: {
    description: 'The remainder of each limit, and the seconds until its reset.',
    example: '"writes";r=49;t=1',
  },
  'RateLimit-Policy': { description: 'Each limit and its window in seconds.', example: '"writes";q=50;w=1' },
  'Retry-After': { description: 'The seconds to wait before a retry.', schema: COUNT, example: 1 },
  'Set-Cookie': { description: 'A cookie for the requests that follow.', example: 'name=value; Secure; HttpOnly' },
  Target: { field: 'Location', description: 'The target of the redirect.', example: 'https://example.com/' },
}

/** The parameters of all lists, derived from the schema that validates them. */
export const PAGE_PARAMETERS = new Map<
  unknown,
  { component: string; description: string; schema: Json; example: unknown }
>([
  [
    pageQuery.limit,
    {
      component: 'Limit',
      description: 'The maximum number of objects in a page.',
      // In the query it is a string of digits, and so for the schema that validates it.
      schema: { type: 'integer', minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT },
      example: 25,
    },
  ],
  [
    pageQuery.cursor,
    {
      component: 'Cursor',
      description: '`nextCursor` of the previous page, with the same filters.',
      schema: { type: 'string', maxLength: 1024 },
      example: 'eyJhIjoiYiJ9.c2lnbmF0dXJl',
    },
  ],
])

export const REQUEST_HEADERS = {
  IdempotencyKey: {
    name: 'Idempotency-Key',
    description: 'A unique key for each operation: a repeat with the same key gets the first answer, for 24 hours.',
    schema: { type: 'string', minLength: 1, maxLength: 255 },
    example: '5f0c1f9e-8a39-4d0f-9d0b-1d6a5d7f2b11',
  },
  IfMatch: {
    name: 'If-Match',
    description: 'The ETag of the expected version: 412 if it is no longer the current one.',
    schema: { type: 'string' },
    example: '"4kX9wQ2mTz"',
  },
  IfNoneMatch: {
    name: 'If-None-Match',
    description:
      'The ETag of a known version: if it is the current one, a read is answered with 304, and a change with 412.',
    schema: { type: 'string' },
    example: '"4kX9wQ2mTz"',
  },
  IfAbsent: {
    name: 'If-None-Match',
    description: 'With `*`: 412 if the object already exists.',
    schema: { type: 'string' },
    example: '*',
  },
}
