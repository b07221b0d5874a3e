import type { Tenancy } from '../../shared/auth/principal.ts'
import { etag, preconditions, stale } from '../../shared/http/conditions.ts'
import type { HttpRoute } from '../../shared/http/handler.ts'
import { jsonBody } from '../../shared/http/request.ts'
import { type HttpResponse, json } from '../../shared/http/response.ts'
import { validate } from '../../shared/http/validate.ts'
import type { Preconditions } from '../../shared/preconditions.ts'
import { newName, requestedUser } from '../fields.ts'
import type { EffectivePreferences, PreferencesUseCases, UserId } from './preferences.ts'
import type { PutUser } from './put-user.ts'
import { preferencesBody, userBody } from './schema.ts'
import { preferencesView, toPreferences, toProfile, userView } from './view.ts'

/** Deletes all that is known of a user, but for opt-outs and suppressions; nothing if the conditions don't hold. */
export type EraseUser = (
  user: UserId & { readonly conditions: Preconditions },
  signal: AbortSignal,
) => Promise<'erased' | 'stale'>

export interface PeopleRoutesOptions {
  put: PutUser
  preferences: PreferencesUseCases
  erase: EraseUser
  tenancy: Tenancy
}

/** The routes of users and their preferences. */
export function peopleRoutes({ put, preferences, erase, tenancy }: PeopleRoutesOptions): Record<string, HttpRoute> {
  return {
    async 'PUT /v1/users/{id}'(request) {
      const { tenant, userId } = requestedUser(request, tenancy)
      const body = validate(userBody, jsonBody(request))
      newName(request, 'id', body.id)
      const change = { tenant, userId, profile: toProfile(body), conditions: preconditions(request) }
      const result = await put(change, request.signal)
      if (result.outcome === 'stale') throw stale()
      const { document } = result
      return json(result.outcome === 'created' ? 201 : 200, userView(userId, document), {
        etag: etag(document.version),
      })
    },

    async 'DELETE /v1/users/{id}'(request): Promise<HttpResponse> {
      const { tenant, userId } = requestedUser(request, tenancy)
      const outcome = await erase({ tenant, userId, conditions: preconditions(request) }, request.signal)
      if (outcome === 'stale') throw stale()
      return { status: 204 }
    },

    async 'GET /v1/users/{id}/preferences'(request) {
      const { tenant, userId } = requestedUser(request, tenancy)
      return answer(await preferences.read({ tenant, userId }, request.signal))
    },

    async 'PUT /v1/users/{id}/preferences'(request) {
      const { tenant, userId } = requestedUser(request, tenancy)
      const wanted = toPreferences(validate(preferencesBody, jsonBody(request)))
      const change = { tenant, userId, preferences: wanted, conditions: preconditions(request) }
      const result = await preferences.put(change, request.signal)
      if (result.outcome === 'stale') throw stale()
      return answer(result)
    },
  }
}

function answer({ preferences, version }: EffectivePreferences): HttpResponse {
  return json(200, preferencesView(preferences), version === undefined ? {} : { etag: etag(version) })
}
