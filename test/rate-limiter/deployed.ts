import { stackResources } from '../../tools/local-cloud/stacks.ts'
import { localCloud } from '../../tools/support/settings.ts'
import { apiUrl, token } from '../support/cloud.ts'
import { type Answer, answered, call } from '../support/http.ts'

const api = apiUrl('RateLimiter')
export const unique = () => Math.random().toString(36).slice(2, 10)

/** Returns the name of a resource of the deployed stack, by its type and the start of its logical id. */
export async function physicalId(type: string, idStart: string): Promise<string> {
  const resources = await stackResources(localCloud(), 'RateLimiter')
  const [found, ...others] = resources.filter((each) => each.type === type && each.logicalId.startsWith(idStart))
  if (!found || others.length > 0) throw new Error(`${others.length + (found ? 1 : 0)} are a ${type} ${idStart}`)
  return found.physicalId
}

/** Tells that a decision took longer than its budget, so that `onError` decided, and it may be uncounted. */
class DegradedDecision extends Error {}

const MAX_TRIES = 20

/**
 * Makes a claim about what is counted, each time with a subject of its own, until no decision in it was degraded, as
 * happens on a busy machine. A claim that fails with the table's own decisions fails at once.
 */
export async function whereCounted(claim: (subject: string) => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await claim(`subject-${unique()}`)
      return
    } catch (error) {
      if (!(error instanceof DegradedDecision) || tries >= MAX_TRIES) throw error
    }
  }
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
    /** The same; rejects if a decision was degraded: `whereCounted` then tries again. */
    async checkCounted(checks: readonly object[]): Promise<Answer> {
      const answer = await send('POST /v1/check', { checks })
      const { decisions } = answered(200, answer).json
      if (decisions.some(({ degraded }: { degraded: boolean }) => degraded)) throw new DegradedDecision()
      return answer
    },
    stateOf: async (subject: string, policy: string) =>
      (await send(`GET /v1/subjects/state?subject=${encodeURIComponent(subject)}&policy=${policy}`)).json.items[0],
  }
}
