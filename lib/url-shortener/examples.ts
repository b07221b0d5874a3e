import type { Example, ExampleContext } from '../shared/example.ts'

export const scope = 'links:write'

export const examples = ({ apiUrl, token, unique }: ExampleContext): Example[] => [
  {
    title: 'Create a short link',
    method: 'POST',
    url: `${apiUrl}/v1/links`,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: { url: 'https://example.com/?from=stackyard', alias: `hello-${unique}` },
    status: 201,
  },
  { title: 'Follow it', method: 'GET', url: `${apiUrl}/hello-${unique}`, status: 302 },
  { title: 'Check the health of the service', method: 'GET', url: `${apiUrl}/health`, status: 200 },
]
