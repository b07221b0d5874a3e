import { httpEvent } from '../invocation.ts'

/** A request that creates a link, with every field that a client may send except the alias. */
export function creation(headers: Record<string, string> = {}) {
  return httpEvent({
    routeKey: 'POST /v1/links',
    path: '/v1/links',
    headers,
    claims: { sub: 'user', tenant: 'tenant', scope: 'links:read links:write' },
    json: { url: 'https://example.com/a/page?with=a&query=1', title: 'A page', tags: ['one', 'two'] },
  })
}
