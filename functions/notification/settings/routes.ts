import * as z from 'zod/mini'
import { requirePrincipal, type Tenancy } from '../../shared/auth/principal.ts'
import type { ApiOperation, NamedSchema } from '../../shared/http/api-description.ts'
import { etag, preconditions, stale } from '../../shared/http/conditions.ts'
import type { HttpRoute } from '../../shared/http/handler.ts'
import { jsonBody } from '../../shared/http/request.ts'
import { json } from '../../shared/http/response.ts'
import { validate } from '../../shared/http/validate.ts'
import type { Documents } from '../documents.ts'
import { MANAGE } from '../fields.ts'

/** The settings of a tenant. In test mode nothing reaches a provider. */
export const settingsBody = z.strictObject({ mode: z.enum(['test', 'live']) })

export type TenantSettings = z.output<typeof settingsBody>

/** The route of a tenant's settings. */
export function settingsRoutes({
  documents,
  tenancy,
}: {
  documents: Documents
  tenancy: Tenancy
}): Record<string, HttpRoute> {
  return {
    async 'PUT /v1/settings'(request) {
      const { tenant } = requirePrincipal(request, MANAGE, tenancy)
      const value = validate(settingsBody, jsonBody(request))
      const change = { id: { tenant, kind: 'settings' } as const, value, conditions: preconditions(request) }
      const result = await documents.put<TenantSettings>(change, request.signal)
      if (result.outcome === 'stale') throw stale()
      const { value: settings, version } = result.document
      return json(200, settings, { etag: etag(version) })
    },
  }
}

export const settingsSchemas: Record<string, NamedSchema> = {
  TenantSettings: {
    schema: settingsBody,
    description: 'The settings of a tenant.',
    fields: { mode: '`test`: nothing reaches a provider, and simulator addresses end as they say.' },
  },
}

export const settingsOperations: readonly ApiOperation[] = [
  {
    routeKey: 'PUT /v1/settings',
    id: 'putSettings',
    tag: 'Testing',
    summary: 'Let a tenant send, or only pretend to',
    description: 'A tenant is `live` by default. A change applies to everything sent from now on.',
    scope: MANAGE,
    body: settingsBody,
    example: { mode: 'test' },
    conditional: true,
    responses: {
      200: { description: 'The settings.', body: settingsBody, example: { mode: 'test' }, headers: ['ETag'] },
    },
  },
]
