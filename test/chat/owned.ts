import { answered, call } from '../support/http.ts'
import { postForm } from '../support/own-bucket.ts'

const FILE = { name: 'tea.txt', type: 'text/plain', size: 5 }

/** Creates a room with a message that has a file, and gives the parameters of the paths that they are at. */
export async function makeOwned(api: string, token: string): Promise<Record<string, string>> {
  const room = await call(`${api}/v1/rooms`, { method: 'POST', token, body: { kind: 'group', name: 'Tea' } })
  const { id } = answered(201, room).json
  const begun = await call(`${api}/v1/rooms/${id}/uploads`, { method: 'POST', token, body: FILE })
  const { attachmentId: attachment, upload } = answered(201, begun).json
  const { status } = await postForm(upload, 'hello')
  if (status !== 204) throw new Error(`The upload was answered with ${status}.`)
  const body = { cid: 'first', body: 'Hello', attachments: [attachment] }
  answered(201, await call(`${api}/v1/rooms/${id}/messages`, { method: 'POST', token, body }))
  return { id, user: 'bob', seq: '2', attachment }
}

/** Bodies that pass a route's checks, where an empty one doesn't: the answer is then about whose the room is. */
export const bodies: Record<string, object> = {
  'PUT /v1/rooms/{id}/members/{user}': { role: 'member' },
  'PUT /v1/rooms/{id}/notify': { level: 'all' },
  'POST /v1/rooms/{id}/uploads': FILE,
  'POST /v1/rooms/{id}/messages': { cid: 'other', body: 'Hello' },
}

/** Queries without which a route answers nobody. */
export const queries: Record<string, string> = {}

/** Routes by which each tenant makes an object of its own under a name that another one uses, too, or has none. */
export const ownNames = ['PUT /v1/blocks/{user}', 'DELETE /v1/users/{user}']

/** Returns the code of the problem about what another tenant has: its rooms are rooms of which the caller is no member. */
export function codeOfMissing(path: string): string {
  return path.startsWith('/v1/rooms/') ? 'not-member' : 'not-found'
}
