import { eventually } from '../support/eventually.ts'
import { answered, call } from '../support/http.ts'

// A slot that was denied because a busy machine took too long may be taken nevertheless: there are some for other tries.
const SEATS = { algorithm: 'concurrency', limit: 100 }

/** Makes a policy and a slot, and gives the parameters of the paths that they are at. */
export async function makeOwned(api: string, token: string): Promise<Record<string, string>> {
  answered(201, await call(`${api}/v1/policies/seats`, { method: 'PUT', token, body: SEATS }))
  const body = { policy: 'seats', subject: 'room:1', ttlMs: 60_000 }
  const take = async () => answered(201, await call(`${api}/v1/slots`, { method: 'POST', token, body }))
  return { name: 'seats', id: (await eventually(take)).json.slotId }
}

/** Bodies that pass a route's checks, where an empty one doesn't: the answer is then about whose the policy is. */
export const bodies: Record<string, object> = { 'PUT /v1/policies/{name}': SEATS }

/** Queries without which a route answers nobody. */
export const queries: Record<string, string> = { 'GET /v1/subjects/state': 'subject=room:1' }

/** Routes by which each tenant makes an object of its own under a name that another one uses, too. */
export const ownNames = ['PUT /v1/policies/{name}']
