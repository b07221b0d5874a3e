import { createTickets } from '../../functions/shared/auth/tickets.ts'
import { randomBytes } from '../../functions/shared/ids/random-bytes.ts'
import { chatApi } from './chat-api.ts'

const { call, tenant, table } = await chatApi()
const { signal } = new AbortController()

test('a ticket opens one connection, for the user who asked for it', async () => {
  const { status, json } = await call('ann', 'POST /v1/ws-ticket')
  expect([status, json]).toEqual([201, { ticket: expect.stringMatching(/^[\w-]{43}$/), expiresInSeconds: 60 }])
  const { take } = createTickets({ ...table, now: Date.now, randomBytes })
  const taken = [await take(json.ticket, signal), await take(json.ticket, signal)]
  expect(taken).toEqual([{ tenant, user: 'ann', scopes: new Set(['chat', 'chat:admin']) }, undefined])
})
