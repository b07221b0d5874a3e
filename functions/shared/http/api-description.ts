import type * as z from 'zod/mini'

/** What a client is told of one route: the OpenAPI document is made from it, and from the schemas that validate. */
export interface ApiOperation {
  /** As in `POST /v1/links`. */
  routeKey: string
  /** A name for generated clients, as in `createLink`. */
  id: string
  summary: string
  /** The scope that a token needs; absent on public routes. */
  scope?: string
  /** Regular expressions of names in the path that are no ids like any other. */
  params?: Record<string, string>
  query?: z.ZodMiniType
  body?: z.ZodMiniType
  /** Whether the form of a page can send the body, too. */
  form?: boolean
  /** Whether browsers (`Accept: text/html`) are answered with pages, where programs get JSON or a problem. */
  pages?: boolean
  /** By status. Errors need no schema: they are problems. With `pages`, a success without one is a page to everybody. */
  responses: Record<number, { description: string; body?: z.ZodMiniType; headers?: Record<string, string> }>
  /** Whether it takes an `Idempotency-Key`. */
  idempotent?: boolean
  /** Whether it takes `If-Match` and `If-None-Match`. */
  conditional?: boolean
  /** Whether it takes `If-None-Match: *` alone, for what has no ETag. */
  onlyIfAbsent?: boolean
}

/** All of a system's HTTP API. */
export interface ApiDescription {
  title: string
  description: string
  operations: readonly ApiOperation[]
}
