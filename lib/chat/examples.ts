import type { Example, ExampleContext } from '../shared/example.ts'

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
