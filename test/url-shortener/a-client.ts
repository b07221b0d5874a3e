import { apiUrl, newTenant, token } from '../support/cloud.ts'
import { type Answer, answered, type Call, call } from '../support/http.ts'

const TARGET = 'https://example.com/'

export interface ClientOptions {
  sub?: string
  /** @default one that no other test has */
  tenant?: string
  /** @default all that the API knows */
  scope?: string
}

/** A user of the deployed API. */
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
    /** A request with the user's token, whatever comes of it. */
    send,
    /** A request to make a link, whatever comes of it. */
    post,
    /** A link that a test goes on with: it was made. */
    create: async (body: object = {}) => answered(201, await post(body)).json,
    /** A change that a test goes on with, and the link after it: it was made. */
    change: async (code: string, body: object) =>
      answered(200, await send(`/v1/links/${code}`, { method: 'PATCH', body })).json,
    /** A removal that a test goes on with: it was done. */
    remove: async (code: string) => answered(204, await send(`/v1/links/${code}`, { method: 'DELETE' })),
    /** A block that a test goes on with: it was made. */
    block: async (code: string, reason: string) =>
      answered(204, await send(`/v1/links/${code}/block`, { method: 'PUT', body: { reason } })),
    /** The end of a block that a test goes on with: it was done. */
    unblock: async (code: string) => answered(204, await send(`/v1/links/${code}/block`, { method: 'DELETE' })),
  }
}
