import * as z from 'zod/mini'
import { requirePrincipal, type Tenancy } from '../../shared/auth/principal.ts'
import type { ApiOperation, NamedSchema } from '../../shared/http/api-description.ts'
import type { Cursors } from '../../shared/http/cursor.ts'
import type { HttpRoute } from '../../shared/http/handler.ts'
import { pageQuery } from '../../shared/http/page-query.ts'
import { json } from '../../shared/http/response.ts'
import { singleValues } from '../../shared/http/single-values.ts'
import { validate } from '../../shared/http/validate.ts'
import { isEmail, isWebhookUrl, normalAddress } from '../domain/address.ts'
import { ANY_SCOPE, channel, time, toTime } from '../fields.ts'
import { notFound } from '../problems.ts'
import type { OutboxItem } from './outbox.ts'

/** Reads what the outbox keeps for an address in its normal form, the newest first. */
export type ReadOutbox = (
  query: {
    readonly tenant: string
    readonly address: string
    readonly after: string | undefined
    readonly limit: number
  },
  signal: AbortSignal,
) => Promise<{ readonly items: readonly OutboxItem[]; readonly next?: string }>

export interface OutboxRouteOptions {
  readOutbox: ReadOutbox
  /** False in prod, where nothing is kept. */
  hasOutbox: boolean
  cursors: Cursors
  tenancy: Tenancy
}

const outboxQuery = z.strictObject({ ...pageQuery, to: z.string().check(z.minLength(1), z.maxLength(2048)) })

/** The route that reads what a development stage did not send. */
export function outboxRoutes({
  readOutbox,
  hasOutbox,
  cursors,
  tenancy,
}: OutboxRouteOptions): Record<string, HttpRoute> {
  return {
    async 'GET /v1/test/outbox'(request) {
      const { tenant } = requirePrincipal(request, ANY_SCOPE, tenancy)
      if (!hasOutbox) throw notFound('Only the stage dev has an outbox.')
      const { to, limit, cursor } = validate(outboxQuery, singleValues(request.rawQuery))
      const address = normalAddress(isEmail(to) ? 'email' : isWebhookUrl(to) ? 'webhook' : 'sms', to)
      const scope = { tenant, query: { list: 'outbox', address } }
      const position = cursor === undefined ? undefined : await cursors.open(cursor, scope, request.signal)
      const after = position && String(position.after)
      const { items, next } = await readOutbox({ tenant, address, after, limit }, request.signal)
      const nextCursor = next ? await cursors.seal({ ...scope, position: { after: next } }, request.signal) : null
      return json(200, { items: items.map(({ at, ...item }) => ({ ...item, at: toTime(at) })), nextCursor })
    },
  }
}

const outboxItem = z.strictObject({
  to: z.string(),
  channel,
  headers: z.record(z.string(), z.string()),
  subject: z.optional(z.string()),
  text: z.string(),
  html: z.optional(z.string()),
  at: time,
})

const outboxPage = z.strictObject({ items: z.array(outboxItem), nextCursor: z.nullable(z.string()) })

export const outboxSchemas: Record<string, NamedSchema> = {
  OutboxItem: { schema: outboxItem, description: 'A message that was not sent, but kept.' },
  OutboxPage: {
    schema: outboxPage,
    description: 'A part of what was kept for an address.',
    fields: { nextCursor: 'The `cursor` of the next page; `null` on the last.' },
  },
}

const kept: z.output<typeof outboxItem> = {
  to: 'ann@example.com',
  channel: 'email',
  headers: {},
  subject: 'Your order',
  text: 'It is on its way.',
  at: '2026-03-12T19:03:58.005Z',
}

export const outboxOperations: readonly ApiOperation[] = [
  {
    routeKey: 'GET /v1/test/outbox',
    id: 'readOutbox',
    tag: 'Testing',
    summary: 'Read what was not sent to an address, the newest first',
    description:
      'In the stage `dev`, channels without a provider keep their messages here for a week. Push messages and texts have their title as `subject`.',
    scope: ANY_SCOPE,
    query: outboxQuery,
    queryFields: { to: { description: 'The address.', example: 'ann@example.com' } },
    responses: {
      200: { description: 'A page of messages.', body: outboxPage, example: { items: [kept], nextCursor: null } },
      404: { description: 'Only the stage dev has an outbox.', codes: ['not-found'] },
    },
  },
]
