import type { Example, ExampleContext, SocketExample } from '../shared/example.ts'

export const scope = 'chat'

export const examples = ({ apiUrl, token, unique }: ExampleContext): Example[] => {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return [
    {
      title: 'Create a room',
      method: 'POST',
      url: `${apiUrl}/v1/rooms`,
      headers,
      body: { name: `Tea ${unique}`, kind: 'group' },
      status: 201,
    },
    { title: 'List your rooms, with what is unread', method: 'GET', url: `${apiUrl}/v1/rooms`, headers, status: 200 },
    {
      title: 'Get a ticket, with which a WebSocket connects once',
      method: 'POST',
      url: `${apiUrl}/v1/ws-ticket`,
      headers,
      status: 201,
    },
  ]
}

export const socketExample = ({ apiUrl }: ExampleContext): SocketExample => ({
  title: 'Connect, and keep the connection alive',
  ticketUrl: `${apiUrl}/v1/ws-ticket`,
  frame: { v: 1, action: 'ping', id: 'first' },
})
