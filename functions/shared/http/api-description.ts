import type * as z from 'zod/mini'

/** What a client is told of one route: the OpenAPI document is made from it, and from the schemas that validate. */
export interface ApiOperation {
  /** As in `POST /v1/links`. */
  routeKey: string
  /** The name of the method in generated clients, as in `createLink`. */
  id: string
  /** One of the tags of the description. */
  tag: string
  /** One line, without a full stop. */
  summary: string
  /** What a caller must know beside the summary and the schemas. */
  description: string
  /** The scope that a token needs; absent on public routes. */
  scope?: string
  /** Names in the path, all of them. */
  params?: Record<string, PathParameter>
  query?: z.ZodMiniType
  /** What the fields of the query mean, but for `limit` and `cursor`. */
  queryFields?: Record<string, { description: string; example?: unknown }>
  body?: z.ZodMiniType
  /** A body that a client can send. */
  example?: unknown
  /** Whether the form of a page can send the body, too. */
  form?: boolean
  /** Whether browsers (`Accept: text/html`) are answered with pages, where programs get JSON or a problem. */
  pages?: boolean
  /** By status. What every route of its kind may answer is added. */
  responses: Record<number, ApiAnswer | ApiRefusal>
  /** Whether it takes an `Idempotency-Key`. */
  idempotent?: boolean
  /** Whether it takes `If-Match` and `If-None-Match`. */
  conditional?: boolean
  /** Whether it takes `If-None-Match: *` alone, for what has no ETag. */
  onlyIfAbsent?: boolean
}

export interface PathParameter {
  /** The name of the component, for a parameter of several routes. */
  name: string
  /** A regular expression. */
  pattern: string
  description: string
  example: string
}

/** An answer that is no problem. With `pages`, a success without a body is a page to everybody. */
export interface ApiAnswer {
  description: string
  body?: z.ZodMiniType
  example?: unknown
  /** A plain text instead of a body: an example of it. */
  text?: string
  headers?: readonly HeaderName[]
}

/** A problem. */
export interface ApiRefusal {
  /** What is wrong, as an answer's `detail` says it. */
  description: string
  /** The values that `code` may have, beside those of every route of its kind. */
  codes: readonly string[]
  headers?: readonly HeaderName[]
  /** The name of the component, for a refusal of several routes. */
  name?: string
}

/** Fields of answers: `tools/openapi` says what each is. `Target` is the `Location` of a visitor's way. */
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
  /** What the fields of an object mean, where their names don't say it. */
  fields?: Record<string, string>
}

/** All of a system's HTTP API. */
export interface ApiDescription {
  title: string
  description: string
  /** In the order in which a reader should meet them, with what each is about. */
  tags: Record<string, string>
  /** What a token may do with each scope. */
  scopes: Record<string, string>
  /** By name, as in `Link`: each becomes a component, and is referred to wherever it is used. */
  schemas: Record<string, NamedSchema>
  operations: readonly ApiOperation[]
}
