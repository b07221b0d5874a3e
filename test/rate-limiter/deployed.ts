import { stackResources } from '../../tools/local-cloud/stacks.ts'
import { localCloud } from '../../tools/support/settings.ts'
import { apiUrl, token } from '../support/cloud.ts'
import { type Answer, call } from '../support/http.ts'

const api = apiUrl('RateLimiter')
export const unique = () => Math.random().toString(36).slice(2, 10)

/** Returns the name of a resource of the deployed stack, by its type and the start of its logical id. */
export async function physicalId(type: string, idStart: string): Promise<string> {
  const resources = await stackResources(localCloud(), 'RateLimiter')
  const [found, ...others] = resources.filter((each) => each.type === type && each.logicalId.startsWith(idStart))
  if (!found || others.length > 0) throw new Error(`${others.length + (found ? 1 : 0)} are a ${type} ${idStart}`)
  return found.physicalId
}

/** A tenant of its own, and what its callers and administrators ask for. */
export async function aTenant(tenant = `tenant-${unique()}`) {
  const bearer = await token({ sub: 'user-1', tenant, scope: 'limits:check limits:admin' })
  const send = (route: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> => {
    const [method = '', path = ''] = route.split(' ', 2)
    return call(`${api}${path}`, { method, token: bearer, headers, ...(body !== undefined && { body }) })
  }
  return {
    tenant,
    send,
    /** Makes or changes a policy. */
    put: (name: string, fields: object, headers: Record<string, string> = {}) =>
      send(`PUT /v1/policies/${name}`, { algorithm: 'fixed-window', ...fields }, headers),
    check: (checks: readonly object[], query = '') => send(`POST /v1/check${query}`, { checks }),
    stateOf: async (subject: string, policy: string) =>
      (await send(`GET /v1/subjects/state?subject=${encodeURIComponent(subject)}&policy=${policy}`)).json.items[0],
  }
}
