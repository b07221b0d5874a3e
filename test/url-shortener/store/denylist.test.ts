import { createDenylist } from '../../../functions/url-shortener/store/denylist.ts'
import { clientOf, type DynamoDBCall } from '../../support/fake-dynamodb.ts'

const { signal } = new AbortController()
const URL = 'https://www.bad.example/'
const item = (domain: string) => ({ pk: { S: `D#${domain}` }, sk: { S: 'domain' }, reason: { S: domain } })
const key = (domain: string) => ({ pk: { S: `D#${domain}` }, sk: { S: 'domain' } })

/** Creates the list over a table that returns these pages in turn. */
function denylist(...answers: object[]) {
  const requests: unknown[] = []
  const dynamodb = (async (_operation: string, { RequestItems }: { RequestItems: { links: { Keys: unknown } } }) => {
    requests.push(RequestItems.links.Keys)
    return answers[Math.min(requests.length, answers.length) - 1]
  }) as unknown as DynamoDBCall
  const startTimer = (fire: () => void) => {
    queueMicrotask(fire)
    return () => {}
  }
  const find = createDenylist({ client: clientOf(dynamodb), tableName: 'links', random: () => 0, startTimer })
  return { find: () => find(URL, signal), requests }
}

test('the host and the domains above it are one request', async () => {
  const { find, requests } = denylist({})
  expect(await find()).toBeUndefined()
  expect(requests).toEqual([['www.bad.example', 'bad.example', 'example'].map(key)])
})

test('of several domains the nearest one gives the reason, even if it is unprocessed at first', async () => {
  const first = { Responses: { links: [item('example')] }, UnprocessedKeys: { links: { Keys: [key('bad.example')] } } }
  const { find, requests } = denylist(first, { Responses: { links: [item('bad.example')] } })
  expect(await find()).toEqual({ reason: 'bad.example' })
  expect(requests[1]).toEqual([key('bad.example')])
})

test('domains that stay unprocessed don’t count as harmless: the check fails, and may be retried', async () => {
  const { find } = denylist({ Responses: { links: [] }, UnprocessedKeys: { links: { Keys: [key('bad.example')] } } })
  await expect(find()).rejects.toMatchObject({ code: 'rate-limited', retryable: true })
})
