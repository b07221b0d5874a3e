import { apiUrl, newTenant, token } from '../support/cloud.ts'
import { type Answer, answered, type Call, call } from '../support/http.ts'

const TARGET = 'https://example.com/'

export interface ClientOptions {
  sub?: string
  /** @default a tenant that no other test has */
  tenant?: string
  /** @default all that the API knows */
  scope?: string
}

/** A client of the deployed API. */
export async function aClient({
  sub = 'user-1',
  tenant = newTenant(),
  scope = 'links:read links:write links:admin',
}: ClientOptions = {}) {
  const api = apiUrl('UrlShortener')
  const bearer = await token({ sub, tenant, scope })
  const send = (path: string, options: Call = {}) => call(`${api}${path}`, { token: bearer, ...options })
  const post = (body: object = {}, headers: Record<string, string> = {}): Promise<Answer> =>
    send('/v1/links', { method: 'POST', body: { url: TARGET, ...body }, headers })
  return {
    tenant,
    bearer,
    /** Sends a request with the user's token, and returns any response. */
    send,
    /** Requests the creation of a link, and returns any response. */
    post,
    /** Creates a link; fails unless it was created. */
    create: async (body: object = {}) => answered(201, await post(body)).json,
    /** Changes a link; fails unless it was changed. */
    change: async (code: string, body: object) =>
      answered(200, await send(`/v1/links/${code}`, { method: 'PATCH', body })).json,
    /** Removes a link; fails unless it was removed. */
    remove: async (code: string) => answered(204, await send(`/v1/links/${code}`, { method: 'DELETE' })),
    /** Blocks a link; fails unless it was blocked. */
    block: async (code: string, reason: string) =>
      answered(204, await send(`/v1/links/${code}/block`, { method: 'PUT', body: { reason } })),
    /** Unblocks a link; fails unless it was unblocked. */
    unblock: async (code: string) => answered(204, await send(`/v1/links/${code}/block`, { method: 'DELETE' })),
  }
}
