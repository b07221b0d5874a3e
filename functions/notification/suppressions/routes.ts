import type * as z from 'zod/mini'
import { requirePrincipal, type Tenancy } from '../../shared/auth/principal.ts'
import { onlyIfAbsent, stale } from '../../shared/http/conditions.ts'
import type { Cursors } from '../../shared/http/cursor.ts'
import type { HttpRoute } from '../../shared/http/handler.ts'
import { invalidInput } from '../../shared/http/invalid-input.ts'
import { type HttpRequest, jsonBody } from '../../shared/http/request.ts'
import { type HttpResponse, json } from '../../shared/http/response.ts'
import { singleValues } from '../../shared/http/single-values.ts'
import { validate } from '../../shared/http/validate.ts'
import { addressRule } from '../domain/address.ts'
import type { Channel } from '../domain/channel.ts'
import type { Suppress, Suppression } from '../domain/suppression.ts'
import { MANAGE, toTime } from '../fields.ts'
import { notFound } from '../problems.ts'
import {
  listSuppressionsQuery,
  removalBody,
  suppressibleChannel,
  type suppressionAnswer,
  suppressionBody,
  suppressionQuery,
} from './schema.ts'

/** Ends a suppression; false if there was none. */
export type Unsuppress = (
  of: { readonly tenant: string; readonly channel: Channel; readonly address: string },
  signal: AbortSignal,
) => Promise<boolean>

/** Reads a page of a tenant's suppressions; `after` is the position of the last one of the page before. */
export type ListSuppressions = (
  query: { tenant: string; after: string | undefined; limit: number },
  signal: AbortSignal,
) => Promise<{ suppressions: readonly Suppression[]; next?: string }>

export interface SuppressionRoutesOptions {
  suppress: Suppress
  unsuppress: Unsuppress
  listSuppressions: ListSuppressions
  cursors: Cursors
  tenancy: Tenancy
}

/** The routes of addresses that get nothing. */
export function suppressionRoutes(options: SuppressionRoutesOptions): Record<string, HttpRoute> {
  const { suppress, unsuppress, listSuppressions, cursors, tenancy } = options
  return {
    async 'GET /v1/suppressions'(request) {
      const { tenant } = requirePrincipal(request, MANAGE, tenancy)
      const { limit, cursor } = validate(listSuppressionsQuery, singleValues(request.rawQuery))
      const scope = { tenant, query: { list: 'suppressions' } }
      const position = cursor === undefined ? undefined : await cursors.open(cursor, scope, request.signal)
      const after = position && String(position.after)
      const { suppressions, next } = await listSuppressions({ tenant, limit, after }, request.signal)
      return json(200, {
        items: suppressions.map(view),
        nextCursor:
          next === undefined ? null : await cursors.seal({ ...scope, position: { after: next } }, request.signal),
      })
    },

    async 'PUT /v1/suppressions/{channel}'(request) {
      const { tenant } = requirePrincipal(request, MANAGE, tenancy)
      const channel = requestedChannel(request)
      const { address, reason } = validate(suppressionBody, jsonBody(request))
      checkAddress(channel, address)
      const asked = { tenant, channel, address, reason, onlyIfAbsent: onlyIfAbsent(request) }
      const result = await suppress(asked, request.signal)
      if (result.outcome === 'stale') throw stale()
      return json(result.outcome === 'created' ? 201 : 200, view(result.suppression))
    },

    async 'DELETE /v1/suppressions/{channel}'(request): Promise<HttpResponse> {
      const { tenant } = requirePrincipal(request, MANAGE, tenancy)
      const channel = requestedChannel(request)
      const { address } = addressToFree(request)
      checkAddress(channel, address)
      if (await unsuppress({ tenant, channel, address }, request.signal)) return { status: 204 }
      throw notFound('The address is not suppressed on this channel.')
    },
  }
}

/** Reads the address from the query, or from a body, which some clients can't send with DELETE. */
function addressToFree(request: HttpRequest): { address: string } {
  if (request.body.byteLength > 0) return validate(removalBody, jsonBody(request))
  return validate(suppressionQuery, singleValues(request.rawQuery))
}

function requestedChannel({ params }: HttpRequest): z.output<typeof suppressibleChannel> {
  const channel = suppressibleChannel.safeParse(params.channel)
  if (!channel.success) throw notFound('There is no channel with this name with addresses.')
  return channel.data
}

function checkAddress(channel: Channel, address: string): void {
  const problem = addressRule(channel, address)
  if (problem !== undefined) throw invalidInput([{ path: 'address', message: problem }])
}

function view({ channel, address, reason, createdAt }: Suppression): z.output<typeof suppressionAnswer> {
  return { channel: channel as z.output<typeof suppressibleChannel>, address, reason, createdAt: toTime(createdAt) }
}
