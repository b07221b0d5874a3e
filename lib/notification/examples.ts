import type { Example, ExampleContext } from '../shared/example.ts'

export const scope = 'notify:send notify:manage'

export const examples = ({ apiUrl, token, unique }: ExampleContext): Example[] => {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const to = `ann-${unique}@example.com`
  return [
    {
      title: 'Define a kind of notifications',
      method: 'PUT',
      url: `${apiUrl}/v1/categories/orders-${unique}`,
      headers,
      body: { channels: ['email'], onUncertain: 'retry' },
      status: 201,
    },
    {
      title: 'Send a mail',
      method: 'POST',
      url: `${apiUrl}/v1/notifications`,
      headers,
      body: {
        to: { email: to },
        category: `orders-${unique}`,
        content: { subject: 'Your order', text: 'It is on its way.' },
      },
      status: 202,
    },
    {
      title: 'Read it: a development stage sends nothing, and keeps it',
      method: 'GET',
      url: `${apiUrl}/v1/test/outbox?to=${to}`,
      headers,
      status: 200,
    },
    { title: 'See what became of it', method: 'GET', url: `${apiUrl}/v1/notifications`, headers, status: 200 },
  ]
}
