import type * as z from 'zod/mini'
import type { ApiDescription, ApiOperation } from '../../functions/shared/http/api-description.ts'
import { type Parts, responses } from './answers.ts'
import { COMMON_SCHEMAS, PAGE_PARAMETERS, REQUEST_HEADERS } from './common.ts'
import { createComponents, type Json } from './components.ts'
import { createSchemas } from './schemas.ts'

/** The introduction of every API. */
const COMMON_DESCRIPTION = [
  'Errors are problems (RFC 9457); programs should act on their `code`. Errors of API Gateway itself have its own body, `{"message": "…"}`.',
  'Every response of the service has `x-request-id`: quote it when you report an error.',
  'Times are RFC 3339, in UTC in answers.',
]

/**
 * Builds an OpenAPI 3.1 document of an API from the same schemas that validate its requests.
 *
 * @throws Error when a name stands for different objects, or is not used.
 */
export function openApiDocument(api: ApiDescription): Json {
  const { title, description, tags, scopes, schemas: named, operations } = api
  const parts = {
    components: createComponents(),
    schemas: createSchemas({ ...named, ...COMMON_SCHEMAS }, '#/components/schemas'),
  }
  const paths: Record<string, Json> = {}
  for (const operation of operations) {
    const [method = '', path = ''] = operation.routeKey.split(' ', 2)
    paths[path] = { ...paths[path], [method.toLowerCase()]: describe(operation, parts) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title,
      description: [description, ...COMMON_DESCRIPTION].join('\n\n'),
      version: '1',
      contact: { name: 'The operator of the service' },
      license: { name: 'Apache License 2.0', identifier: 'Apache-2.0' },
    },
    servers: [SERVER],
    tags: Object.entries(tags).map(([name, text]) => ({ name, description: text })),
    paths,
    components: {
      securitySchemes: { token: security(scopes) },
      schemas: parts.schemas.finish(),
      ...parts.components.finish(),
    },
  }
}

const SERVER = {
  url: 'https://{apiId}.execute-api.{region}.amazonaws.com',
  description: 'The output `ApiUrl` of the deployed stack. For a local cloud, `npm start` prints another URL.',
  variables: {
    apiId: { default: 'abcdef1234', description: 'The id that API Gateway gave to the API.' },
    region: { default: 'us-east-1', description: 'The region of the stack.' },
  },
}

/** Linters don't know the scopes of `type: http`. */
function security(scopes: ApiDescription['scopes']): Json {
  const description =
    'An access token (JWT) of the issuer that the API trusts, with the scope of the operation and the claim `tenant`. The token URL is a placeholder.'
  const tokenUrl = 'https://issuer.example.com/oauth2/token'
  return { type: 'oauth2', description, flows: { clientCredentials: { tokenUrl, scopes } } }
}

function describe(operation: ApiOperation, parts: Parts): Json {
  const { id, tag, summary, description, scope, body } = operation
  const inputs = parameters(operation, parts)
  return {
    operationId: id,
    tags: [tag],
    summary,
    description,
    security: scope ? [scope].flat().map((each) => ({ token: [each] })) : [],
    ...(inputs.length > 0 && { parameters: inputs }),
    ...(body && { requestBody: { required: true, content: contentOf(body, operation, parts) } }),
    responses: responses(operation, parts),
  }
}

const FORM = 'application/x-www-form-urlencoded'

function contentOf(body: z.ZodMiniType, { example, form }: ApiOperation, { schemas }: Parts): Json {
  const content = { schema: schemas.jsonSchema(body, 'input'), ...(example !== undefined && { example }) }
  return { 'application/json': content, ...(form && { [FORM]: content }) }
}

function parameters(operation: ApiOperation, parts: Parts): Json[] {
  const { idempotent, conditional, onlyIfAbsent } = operation
  const header = (component: keyof typeof REQUEST_HEADERS) => {
    const { name, ...rest } = REQUEST_HEADERS[component]
    return parts.components.place('parameters', component, { name, in: 'header', ...rest })
  }
  return [
    ...pathParameters(operation, parts),
    ...queryParameters(operation, parts),
    ...(idempotent ? [header('IdempotencyKey')] : []),
    ...(conditional ? [header('IfMatch'), header('IfNoneMatch')] : []),
    ...(onlyIfAbsent ? [header('IfAbsent')] : []),
  ]
}

/** Describes the parameters of the path. @throws Error when the description lacks one. */
function pathParameters({ routeKey, params }: ApiOperation, { components }: Parts): Json[] {
  return [...routeKey.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => {
    const parameter = params?.[name]
    if (!parameter) throw new Error(`${routeKey} does not describe ${name}.`)
    const { name: component, description, pattern, example } = parameter
    const schema = { type: 'string', pattern }
    return components.place('parameters', component, { name, in: 'path', required: true, description, schema, example })
  })
}

/** Describes the parameters of the query. @throws Error when the description lacks one. */
function queryParameters({ routeKey, query, queryFields }: ApiOperation, { schemas, components }: Parts): Json[] {
  if (!query) return []
  const { properties = {}, required = [] } = schemas.jsonSchema(query, 'input') as {
    properties?: Json
    required?: string[]
  }
  const { shape } = (query as z.ZodMiniObject).def
  return Object.entries(properties).map(([name, schema]) => {
    const common = PAGE_PARAMETERS.get(shape[name])
    if (common) {
      const { component, ...rest } = common
      return components.place('parameters', component, { name, in: 'query', ...rest })
    }
    const texts = queryFields?.[name]
    if (!texts) throw new Error(`${routeKey} does not describe ${name}.`)
    return { name, in: 'query', ...(required.includes(name) && { required: true }), schema, ...texts }
  })
}
