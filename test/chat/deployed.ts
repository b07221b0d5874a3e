import { randomUUID } from 'node:crypto'
import { apiUrl, newTenant, token, webSocketUrl } from '../support/cloud.ts'
import { type Answer, answered, call } from '../support/http.ts'
import { type ServerFrame, type Socket, useSockets } from '../support/socket.ts'

const [api, socketUrl] = [apiUrl('Chat'), webSocketUrl('Chat')]
const connectTo = useSockets()

export { api, socketUrl }

/** A user of a tenant, over HTTP and WebSocket. */
export interface ChatUser {
  readonly tenant: string
  readonly user: string
  /** An access token. */
  readonly token: string
  call: (route: string, body?: unknown) => Promise<Answer>
  ticket: () => Promise<string>
  connect: () => Promise<Socket>
  /** Creates a group, adds the others, and returns its id. */
  group: (others: readonly ChatUser[], options?: { history?: 'all' | 'since-join' }) => Promise<string>
  /** Sends a message by a connection of its own, and returns its number. */
  say: (room: string, body: string) => Promise<number>
}

/** Returns users of a new tenant. */
export async function chatUsers<const Names extends readonly string[]>(
  ...names: Names
): Promise<{ [Index in keyof Names]: ChatUser }> {
  const tenant = newTenant()
  const users = await Promise.all(names.map((name) => chatUser(tenant, name)))
  return users as { [Index in keyof Names]: ChatUser }
}

async function chatUser(tenant: string, user: string): Promise<ChatUser> {
  const bearer = await token({ sub: user, tenant, scope: 'chat' })
  const send = (route: string, body?: unknown) => {
    const [method = '', path = ''] = route.split(' ', 2)
    return call(`${api}${path}`, { method, token: bearer, ...(body !== undefined && { body }) })
  }
  const ticket = async () => answered(201, await send('POST /v1/ws-ticket')).json.ticket as string
  const connect = async () => connectTo(socketUrl, await ticket())
  let voice: Promise<Socket> | undefined
  return {
    tenant,
    user,
    token: bearer,
    call: send,
    ticket,
    connect,
    async group(others, options = {}) {
      const { id } = answered(201, await send('POST /v1/rooms', { kind: 'group', name: 'Tea', ...options })).json
      for (const other of others) {
        answered(201, await send(`PUT /v1/rooms/${id}/members/${other.user}`, { role: 'member' }))
      }
      return id
    },
    async say(room, body) {
      voice ??= connect()
      const ack = await (await voice).send('send', { room, cid: randomUUID(), body })
      expect(ack).toMatchObject({ ok: true })
      return ack.seq
    },
  }
}

/** The numbers of the events of a room that a socket got, without repeats, and how they end. */
export function numbersOf({ frames }: Pick<Socket, 'frames'>, room: string): number[] {
  const seen = frames.flatMap((frame) => (frame.t === 'events' && frame.room === room ? frame.events : []))
  return [...new Set(seen.map(({ seq }: ServerFrame) => seq as number))].sort((a, b) => a - b)
}

/** Recognises the frame with an event of a room. */
export function hasEvent(room: string, seq: number) {
  return (frame: ServerFrame): boolean =>
    frame.t === 'events' && frame.room === room && frame.events.some((event: ServerFrame) => event.seq === seq)
}
