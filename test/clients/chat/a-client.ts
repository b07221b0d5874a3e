import { type ChatClient, createChatClient } from '../../../clients/chat/src/chat-client.ts'
import { type ChatEvents, LOG_EVENTS } from '../../../clients/chat/src/chat-events.ts'
import type { ChatClientOptions } from '../../../clients/chat/src/options.ts'
import { type FakeClock, fakeClock, settle } from '../../support/fake-clock.ts'
import { type FakeChat, fakeChat } from './fake-chat.ts'

export interface Heard {
  type: keyof ChatEvents
  // biome-ignore lint/suspicious/noExplicitAny: a test asserts its content.
  event: any
}

export interface ClientUnderTest {
  client: ChatClient
  chat: FakeChat
  clock: FakeClock
  /** All that the application was told, in order. */
  heard: Heard[]
  /** The numbers of a room's events, in the order in which the application got them. */
  seqs: (room: string) => number[]
  told: (type: keyof ChatEvents) => Heard['event'][]
  states: () => string[]
}

const OTHERS = ['read', 'typing', 'presence', 'start', 'removed', 'pending', 'state'] as const

/** Builds a client of a chat in memory, on a clock of its own, with the middle of all random ranges. */
export function aClient(options: Partial<ChatClientOptions> = {}, chat: FakeChat = fakeChat()): ClientUnderTest {
  const clock = fakeClock()
  const client = createChatClient({
    url: 'https://chat.example',
    webSocketUrl: 'wss://socket.example/v1',
    token: 'a-token',
    random: () => 0.5,
    clock,
    fetch: chat.fetch,
    WebSocket: chat.WebSocket,
    ...options,
  })
  const heard: Heard[] = []
  for (const type of [...LOG_EVENTS, ...OTHERS]) client.on(type, (event) => void heard.push({ type, event }))
  const told = (type: keyof ChatEvents) => heard.filter((each) => each.type === type).map(({ event }) => event)
  return {
    client,
    chat,
    clock,
    heard,
    told,
    seqs: (room) => heard.flatMap(({ event }) => (event.room === room && event.ts !== undefined ? [event.seq] : [])),
    states: () => told('state').map(({ status }) => status),
  }
}

/** The same client, connected and up to date. */
export async function aConnectedClient(
  options: Partial<ChatClientOptions> = {},
  chat: FakeChat = fakeChat(),
): Promise<ClientUnderTest> {
  const under = aClient(options, chat)
  under.client.start()
  await under.clock.advance(1000)
  if (under.client.state().status !== 'online') throw new Error(`The client is ${under.client.state().status}.`)
  return under
}

export { settle }

export const text = (body: string) => ({ type: 'message', body })
