import type { ApiAnswer, ApiOperation, HeaderName } from '../../functions/shared/http/api-description.ts'
import { problemResponse } from '../../functions/shared/http/response.ts'
import { gatewayError, HEADERS, problem, REQUEST_ID } from './common.ts'
import type { Components, Json } from './components.ts'
import { answersOf, isLimited, type Refusal } from './refusals.ts'
import type { Schemas } from './schemas.ts'

/** The shared components of a document. */
export interface Parts {
  components: Components
  schemas: Schemas
}

/** Builds all answers of an operation, by status. */
export function responses(operation: ApiOperation, parts: Parts): Json {
  const entries = Object.entries(answersOf(operation)).map(([status, answer]) => {
    const context = { ...parts, operation, status: Number(status) }
    return [status, 'codes' in answer ? refusal(answer, context) : success(answer, context)]
  })
  return Object.fromEntries(entries)
}

interface Context extends Parts {
  operation: ApiOperation
  status: number
}

const PAGE = { 'text/html': { schema: { type: 'string' } } }
const FILE = { schema: { type: 'string', format: 'binary' } }

/** Drops the body: the answer to a HEAD has the headers of a GET's, and no body. */
const isHead = ({ routeKey }: ApiOperation) => routeKey.startsWith('HEAD ')

function success({ description, body, example, text, files = [], headers = [] }: ApiAnswer, context: Context): Json {
  const { operation, status, schemas, components } = context
  const content = {
    ...(body && {
      'application/json': { schema: schemas.jsonSchema(body, 'output'), ...(example !== undefined && { example }) },
    }),
    ...(text !== undefined && { 'text/plain': { schema: { type: 'string' }, example: text } }),
    ...Object.fromEntries(files.map((mediaType) => [mediaType, FILE])),
    ...(operation.pages && status === 200 && PAGE),
  }
  const fields: HeaderName[] = [
    ...headers,
    ...(operation.idempotent ? (['Idempotent-Replayed'] as const) : []),
    ...(isLimited(operation) ? (['RateLimit', 'RateLimit-Policy'] as const) : []),
  ]
  return {
    description,
    ...headersOf(fields, components),
    ...(!isHead(operation) && Object.keys(content).length > 0 && { content }),
  }
}

function refusal({ name, description, codes, headers = [], fromGateway }: Refusal, context: Context): Json {
  const { operation, status, schemas, components } = context
  const [code] = codes
  const content = {
    ...(code !== undefined && {
      'application/problem+json': {
        schema: schemas.jsonSchema(problem, 'output'),
        example: problemResponse({ status, code, detail: description }, REQUEST_ID).body,
      },
    }),
    ...(operation.pages && code !== undefined && PAGE),
    ...(fromGateway && {
      'application/json': {
        schema: schemas.jsonSchema(gatewayError, 'output'),
        example: { message: MESSAGES[status] },
      },
    }),
  }
  const answer = {
    description: codes.length === 0 ? description : `${description} ${codesOf(codes)}`,
    ...headersOf(headers, components),
    ...(!isHead(operation) && { content }),
  }
  const isShared = name !== undefined && !isHead(operation)
  return isShared ? components.place('responses', `${name}${operation.pages ? 'ForPeople' : ''}`, answer) : answer
}

function codesOf(codes: readonly string[]): string {
  return `${codes.length === 1 ? 'Code' : 'Codes'}: ${codes.map((code) => `\`${code}\``).join(', ')}.`
}

/** Messages of API Gateway's own errors. */
const MESSAGES: Record<number, string> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  413: 'Request Too Long',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

function headersOf(names: readonly HeaderName[], components: Components): { headers?: Json } {
  if (names.length === 0) return {}
  const entries = names.map((name) => {
    const { field = name, isRequired, description, schema = { type: 'string' }, example } = HEADERS[name]
    const header = { description, ...(isRequired && { required: true }), schema, example }
    return [field, components.place('headers', name, header)]
  })
  return { headers: Object.fromEntries(entries) }
}
