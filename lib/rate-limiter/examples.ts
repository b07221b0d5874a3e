import type { Example, ExampleContext } from '../shared/example.ts'

export const scope = 'limits:check limits:admin'

export const examples = ({ apiUrl, token, unique }: ExampleContext): Example[] => {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return [
    {
      title: 'Let each user do something five times a minute',
      method: 'PUT',
      url: `${apiUrl}/v1/policies/hello-${unique}`,
      headers,
      body: { algorithm: 'sliding-window', limit: 5, windowMs: 60_000 },
      status: 201,
    },
    {
      title: 'Ask whether a user may: again and again, until 429',
      method: 'POST',
      url: `${apiUrl}/v1/check?enforce=http`,
      headers,
      body: { checks: [{ policy: `hello-${unique}`, subject: 'user:1' }] },
      status: 200,
    },
    { title: 'See whether the service is healthy', method: 'GET', url: `${apiUrl}/health`, status: 200 },
  ]
}
