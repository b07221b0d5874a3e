import { stackResources } from '../../tools/local-cloud/stacks.ts'
import { localCloud } from '../../tools/support/settings.ts'
import { apiUrl, token } from '../support/cloud.ts'
import { Disturbed } from '../support/eventually.ts'
import { type Answer, answered, call } from '../support/http.ts'
import { withinOne } from '../support/undisturbed.ts'

const api = apiUrl('RateLimiter')
export const unique = () => Math.random().toString(36).slice(2, 10)

/** Returns the name of a resource of the deployed stack, by its type and the start of its logical id. */
export async function physicalId(type: string, idStart: string): Promise<string> {
  const resources = await stackResources(localCloud(), 'RateLimiter')
  const [found, ...others] = resources.filter((each) => each.type === type && each.logicalId.startsWith(idStart))
  if (!found || others.length > 0) throw new Error(`${others.length + (found ? 1 : 0)} are a ${type} ${idStart}`)
  return found.physicalId
}

/** Names the hour, which is the window of an hourly policy. */
export const currentHour = () => `the hour ${new Date().toISOString().slice(0, 13)}`

/** Makes a claim until no hourly window ends meanwhile. */
export function withinOneHour<Value>(claim: () => Promise<Value>): Promise<Value> {
  return withinOne(currentHour, claim)
}

/**
 * Makes a claim about what is counted, each time with a subject of its own, until no decision in it was degraded, as
 * happens on a busy machine, and no hour ended. A claim that fails with the table's own decisions fails at once.
 */
export function whereCounted<Value>(claim: (subject: string) => Promise<Value>): Promise<Value> {
  return withinOneHour(() => claim(`subject-${unique()}`))
}

/**
 * Lets `whereCounted` try again if one of the decisions took longer than its budget, so that `onError` decided, and it
 * may be uncounted.
 */
export function requireCounted(decisions: readonly { degraded: boolean }[]): void {
  if (decisions.some(({ degraded }) => degraded)) throw new Disturbed('A decision was degraded.')
}

/** Checks whether a 429 was decided by `onError`, because the table took too long. */
export function isDegradedDenial({ status, json }: Answer): boolean {
  return status === 429 && /can.t be checked right now/.test(json.detail)
}

/** A tenant of its own, and what its callers and administrators ask for. */
export async function aTenant(tenant = `tenant-${unique()}`) {
  const bearer = await token({ sub: 'user-1', tenant, scope: 'limits:check limits:admin' })
  const send = (route: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> => {
    const [method = '', path = ''] = route.split(' ', 2)
    return call(`${api}${path}`, { method, token: bearer, headers, ...(body !== undefined && { body }) })
  }
  const tryPut = (name: string, fields: object, headers: Record<string, string> = {}) =>
    send(`PUT /v1/policies/${name}`, { algorithm: 'fixed-window', ...fields }, headers)
  return {
    tenant,
    send,
    /** Requests a policy to be made or changed, and returns any response. */
    tryPut,
    /** Makes or changes a policy; fails unless it is there as requested. */
    async put(...asked: Parameters<typeof tryPut>): Promise<Answer> {
      const answer = await tryPut(...asked)
      return answer.status === 200 ? answer : answered(201, answer)
    },
    check: (checks: readonly object[], query = '') => send(`POST /v1/check${query}`, { checks }),
    /** The same; rejects if a decision was degraded: `whereCounted` then tries again. */
    async checkCounted(checks: readonly object[]): Promise<Answer> {
      const answer = await send('POST /v1/check', { checks })
      requireCounted(answered(200, answer).json.decisions)
      return answer
    },
    /** Asks for a slot; rejects if the decision was degraded, so that the slot may be taken nevertheless. */
    async slotCounted(body: object): Promise<Answer> {
      const answer = await send('POST /v1/slots', body)
      requireCounted([{ degraded: isDegradedDenial(answer) }])
      return answer
    },
    stateOf: async (subject: string, policy: string) =>
      (await send(`GET /v1/subjects/state?subject=${encodeURIComponent(subject)}&policy=${policy}`)).json.items[0],
  }
}
