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
  query?: z.ZodMiniType
  body?: z.ZodMiniType
  /** By status. Errors need no schema: they are problems. */
  responses: Record<number, { description: string; body?: z.ZodMiniType; headers?: Record<string, string> }>
  /** Whether it takes an `Idempotency-Key`. */
  idempotent?: boolean
  /** Whether it takes `If-Match`. */
  conditional?: boolean
}

/** All of a system's HTTP API. */
export interface ApiDescription {
  title: string
  description: string
  operations: readonly ApiOperation[]
}
