import type * as z from 'zod/mini'

/** The documentation of one route. The OpenAPI document is generated from it and from the validating schemas. */
export interface ApiOperation {
  /** API Gateway's route key, such as `POST /v1/links`. */
  routeKey: string
  /** The name of the method in generated clients, such as `createLink`. */
  id: string
  /** One of the tags of the description. */
  tag: string
  /** One line, without a full stop. */
  summary: string
  /** Facts that a caller must know beyond the summary and the schemas. */
  description: string
  /** The scope that a token needs, or several, of which it needs one; absent on public routes. */
  scope?: string | readonly string[]
  /** All parameters in the path, by name. */
  params?: Record<string, PathParameter>
  query?: z.ZodMiniType
  /** The meaning of the query's fields, except `limit` and `cursor`. */
  queryFields?: Record<string, { description: string; example?: unknown }>
  body?: z.ZodMiniType
  /** A body that a client can send. */
  example?: unknown
  /** True if the body may also be sent by the form of a page. */
  form?: boolean
  /** True if browsers (`Accept: text/html`) get pages where programs get JSON or a problem. */
  pages?: boolean
  /** Responses by status. Those that every route of its kind may return are added. */
  responses: Record<number, ApiAnswer | ApiRefusal>
  /** True if it accepts an `Idempotency-Key`. */
  idempotent?: boolean
  /** True if it accepts `If-Match` and `If-None-Match`. */
  conditional?: boolean
  /** True if it accepts only `If-None-Match: *`, for a resource without an ETag. */
  onlyIfAbsent?: boolean
}

export interface PathParameter {
  /** The name of the component, for a parameter that several routes share. */
  name: string
  /** A regular expression. */
  pattern: string
  description: string
  example: string
}

/** A response that is not a problem. With `pages`, a success without a body is a page for every client. */
export interface ApiAnswer {
  description: string
  body?: z.ZodMiniType
  example?: unknown
  /** An example of the plain text that is sent instead of a body. */
  text?: string
  /** The media types of a file that is sent instead of a body, such as `image/png`. */
  files?: readonly string[]
  headers?: readonly HeaderName[]
}

/** A response that is a problem. */
export interface ApiRefusal {
  /** The problem, in the words of the response's `detail`. */
  description: string
  /** The possible values of `code`, beside those of every route of its kind. */
  codes: readonly string[]
  headers?: readonly HeaderName[]
  /** The name of the component, for a refusal that several routes share. */
  name?: string
}

/** Response headers, which `tools/openapi` describes. `Target` is a `Location` to which a visitor is redirected. */
export type HeaderName =
  | 'ETag'
  | 'Idempotent-Replayed'
  | 'Location'
  | 'RateLimit'
  | 'RateLimit-Policy'
  | 'Retry-After'
  | 'Set-Cookie'
  | 'Target'

/** A schema that has a name in generated clients. */
export interface NamedSchema {
  schema: z.ZodMiniType
  description: string
  /** The meaning of an object's fields, unless their names say it. */
  fields?: Record<string, string>
}

/** The documentation of a system's HTTP API. */
export interface ApiDescription {
  title: string
  description: string
  /** The tags with their descriptions, in reading order. */
  tags: Record<string, string>
  /** The rights that each scope gives to a token. */
  scopes: Record<string, string>
  /** Schemas by name, such as `Link`. Each becomes a component, which is referenced wherever it is used. */
  schemas: Record<string, NamedSchema>
  operations: readonly ApiOperation[]
}
