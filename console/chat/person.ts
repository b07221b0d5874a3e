import { type ChatClient, createChatClient } from '../../clients/chat/src/chat-client.ts'
import { createRoomView, type RoomView } from '../../clients/chat/src/room-view.ts'
import type { Api } from '../shared/api.ts'
import { apiOf } from '../shared/api.ts'
import { createNetwork, type Network } from '../shared/network.ts'
import { tokenOf, type User } from '../shared/tokens.ts'
import { createLineLog, type LineLog } from './line-log.ts'

/** One of two people who chat: their client, its network, and what both do. */
export interface Person {
  readonly name: string
  readonly api: Api
  readonly chat: ChatClient
  readonly network: Network
  readonly log: LineLog
  readonly switches: { isConnected: boolean; isLossy: boolean }
  view: RoomView | undefined
}

export interface PersonOptions {
  name: string
  tenant: string
  webSocketUrl: string
  onChange: () => void
}

export function createPerson({ name, tenant, webSocketUrl, onChange }: PersonOptions): Person {
  const user: User = { sub: name, tenant, scope: 'chat' }
  const api = apiOf('Chat', user)
  const log = createLineLog(onChange)
  const network = createNetwork({
    fetch: api.fetch,
    onMessage: log.message,
    mayLose: isOfMessages,
  })
  const chat = createChatClient({
    // Any URL will do: the console's server calls the API.
    url: `${location.origin}/chat`,
    webSocketUrl,
    token: () => tokenOf(user),
    fetch: (input, init) => network.fetch(String(input).replace(`${location.origin}/chat`, ''), init),
    WebSocket: network.WebSocket,
  })
  chat.on('state', (state) => {
    if (state.status === 'offline') log.note(`tries again in ${Math.round(state.retryInMs)} ms`, 'bad')
    else log.note(state.status, state.status === 'online' ? 'good' : 'quiet')
  })
  chat.on('pending', onChange)
  return { name, api, chat, network, log, switches: { isConnected: true, isLossy: false }, view: undefined }
}

/** Checks whether the server says something about messages: that there are some, or that one was stored. */
function isOfMessages(data: string): boolean {
  const { t, seq } = JSON.parse(data)
  return t === 'events' || (t === 'ack' && seq !== undefined)
}

/** Opens the room of two people for one of them. */
export function openRoom(person: Person, room: string, onChange: () => void): void {
  person.view?.close()
  person.chat.watch([room])
  person.view = createRoomView({ chat: person.chat, room, user: person.name })
  person.view.onChange(onChange)
}

/** Cuts or restores a person's connection. */
export function connect(person: Person, isConnected: boolean): void {
  person.switches.isConnected = isConnected
  person.log.note(isConnected ? 'the connection is back' : 'the connection is cut', isConnected ? 'good' : 'bad')
  person.network.setConnected(isConnected)
  if (isConnected) person.chat.wake()
}

export function lose(person: Person, isLossy: boolean): void {
  person.switches.isLossy = isLossy
  person.network.setLossy(isLossy)
  person.log.note(isLossy ? 'messages are lost on the way' : 'messages come through', isLossy ? 'bad' : 'good')
}
