import type * as z from 'zod/mini'
import { toJSONSchema } from 'zod/v4/core'
import type { ApiDescription, ApiOperation } from '../../functions/shared/http/api-description.ts'

type Json = Record<string, unknown>

/** What every protected route may answer besides its own. */
const COMMON_ERRORS: Record<number, string> = {
  401: 'No valid token; the body is API Gateway’s own.',
  403: 'The token lacks the scope (`scope-missing`) or names no tenant (`tenant-missing`), or API Gateway refuses it.',
  500: 'Something went wrong: `internal-error`.',
  503: 'It can not be done right now: `unavailable`.',
}

/** An OpenAPI 3.1 document of an API, with the JSON Schemas of the very schemas that validate. */
export function openApiDocument({ title, description, operations }: ApiDescription): Json {
  const paths: Record<string, Json> = {}
  for (const operation of operations) {
    const [method = '', path = ''] = operation.routeKey.split(' ', 2)
    paths[path] = { ...paths[path], [method.toLowerCase()]: describe(operation) }
  }
  return {
    openapi: '3.1.0',
    info: { title, description, version: '1' },
    servers: [{ url: '/' }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: { Problem: PROBLEM },
    },
  }
}

function describe(operation: ApiOperation): Json {
  const { id, summary, scope, body, form } = operation
  return {
    operationId: id,
    summary,
    security: scope ? [{ token: [scope] }] : [],
    parameters: parameters(operation),
    ...(body && { requestBody: { required: true, content: contentOf(body, form) } }),
    responses: responses(operation),
  }
}

const FORM = 'application/x-www-form-urlencoded'

function contentOf(body: z.ZodMiniType, form = false): Json {
  const schema = schemaOf(body, 'input')
  return { 'application/json': { schema }, ...(form && { [FORM]: { schema } }) }
}

/** Of ids and names in paths, where the operation says nothing else. */
const NAME = '^[A-Za-z0-9._~:@-]{1,128}$'

function parameters({ routeKey, params, query, idempotent, conditional, onlyIfAbsent }: ApiOperation): Json[] {
  const path = [...routeKey.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', pattern: params?.[name] ?? NAME },
  }))
  const header = (name: string, schema: Json) => ({ name, in: 'header', required: false, schema })
  return [
    ...path,
    ...(query ? queryParameters(query) : []),
    ...(idempotent ? [header('Idempotency-Key', { type: 'string', minLength: 1, maxLength: 255 })] : []),
    ...(conditional ? ['If-Match', 'If-None-Match'].map((name) => header(name, { type: 'string' })) : []),
    ...(onlyIfAbsent ? [header('If-None-Match', { type: 'string' })] : []),
  ]
}

function queryParameters(query: z.ZodMiniType): Json[] {
  const { properties = {}, required = [] } = schemaOf(query, 'input') as { properties?: Json; required?: string[] }
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }))
}

const WRITE = /^(POST|PUT|PATCH|DELETE) /

function responses(operation: ApiOperation): Json {
  const { routeKey, scope, body, query, idempotent, pages = false } = operation
  const reads = body !== undefined || query !== undefined
  const common: Record<string, string | undefined> = {
    500: COMMON_ERRORS[500],
    503: COMMON_ERRORS[503],
    ...(scope && COMMON_ERRORS),
    ...(scope && WRITE.test(routeKey) && { 429: 'More writes than a tenant may have in a second: `rate-limited`.' }),
    ...(reads && {
      400: body
        ? 'The body is no JSON: `invalid-json`, `unsupported-media-type`.'
        : 'The cursor is bad: `invalid-cursor`.',
      422: `A value is wrong: \`invalid-input\` with \`errors\`${idempotent ? ', `idempotency-key-reused`' : ''}, and others: see \`code\`.`,
    }),
    ...(body && { 413: 'The body is too large: `too-large`.' }),
  }
  const errors = Object.entries(common).map(([status, description = '']) => [
    status,
    problem(description, status, pages),
  ])
  const own = Object.entries(operation.responses).map(([status, response]) => {
    const isError = Number(status) >= 400 && !response.body
    return [
      status,
      isError ? problem(response.description, status, pages) : answer(response, pages && status === '200'),
    ]
  })
  return Object.fromEntries([...errors, ...own])
}

const PAGE = { 'text/html': { schema: { type: 'string' } } }

function answer({ description, body, headers }: ApiOperation['responses'][number], isPage: boolean): Json {
  const json = body && { 'application/json': { schema: schemaOf(body, 'output') } }
  return {
    description,
    ...((json || isPage) && { content: { ...json, ...(isPage && PAGE) } }),
    ...(headers && {
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, text]) => [
          name,
          { description: text, required: true, schema: { type: 'string' } },
        ]),
      ),
    }),
  }
}

/** API Gateway answers 401 and 403 itself, with a body of its own. */
function problem(description: string, status: string, isPage: boolean): Json {
  const schema = { $ref: '#/components/schemas/Problem' }
  const gateway = { 'application/json': { schema: { type: 'object' } } }
  return {
    description,
    content: {
      'application/problem+json': { schema },
      ...(isPage ? PAGE : ['401', '403'].includes(status) && gateway),
    },
  }
}

function schemaOf(schema: z.ZodMiniType, io: 'input' | 'output'): Json {
  const { $schema: _, ...json } = toJSONSchema(schema, { io, target: 'draft-2020-12' }) as Json
  return json
}

/** RFC 9457, as this project uses it. */
const PROBLEM = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code', 'requestId'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string', pattern: '^[a-z0-9]+(-[a-z0-9]+)*$' },
    requestId: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['path', 'message'],
        properties: { path: { type: 'string' }, message: { type: 'string' } },
        additionalProperties: false,
      },
    },
  },
}
