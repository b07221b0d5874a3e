import { manageApi } from './manage-api.ts'

const { call } = await manageApi()
const mailbox = (writer: number) => `ann${writer}@example.com`

test.each([
  [
    'PUT /v1/categories/news',
    (writer: number) => ({
      channels: ['email'],
      onUncertain: 'retry',
      digest: { windowSeconds: writer + 1, maxItems: 5 },
    }),
  ],
  ['PUT /v1/users/ann', (writer: number) => ({ email: mailbox(writer) })],
  ['PUT /v1/users/ann/preferences', (writer: number) => ({ categories: { [`c${writer}`]: { email: false } } })],
  [
    'PUT /v1/users/ann/endpoints/anns',
    (writer: number) => ({ channel: 'email', address: mailbox(writer), enabled: true }),
  ],
  ['PUT /v1/suppressions/email', (writer: number) => ({ address: 'ann@example.com', reason: `reason ${writer}` })],
])('20 requests at once all succeed: %s', async (line, bodyOf) => {
  const answers = await Promise.all(Array.from({ length: 20 }, (_, writer) => call(line, { body: bodyOf(writer) })))
  expect(answers.map(({ status }) => status).filter((status) => Number(status) >= 300)).toEqual([])
})
