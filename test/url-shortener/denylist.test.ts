import type { DynamoDB } from '../../functions/shared/data/dynamodb.ts'
import { createDenylist } from '../../functions/url-shortener/denylist-store.ts'

const { signal } = new AbortController()
const URL = 'https://www.bad.example/'
const item = (domain: string) => ({ pk: { S: `D#${domain}` }, sk: { S: 'domain' }, reason: { S: domain } })
const key = (domain: string) => ({ pk: { S: `D#${domain}` }, sk: { S: 'domain' } })

/** The list over a table that answers so. */
function denylist(answer: object) {
  const requests: unknown[] = []
  const dynamodb = (async (operation: string, input: object) => {
    requests.push([operation, input])
    return answer
  }) as unknown as DynamoDB
  return { find: () => createDenylist(dynamodb, 'links')(URL, signal), requests }
}

test('the host and the domains above it are one request', async () => {
  const { find, requests } = denylist({})
  expect(await find()).toBeUndefined()
  const Keys = ['www.bad.example', 'bad.example', 'example'].map(key)
  expect(requests).toEqual([['BatchGetItem', { RequestItems: { links: { Keys } } }]])
})

test('of several domains the nearest one gives the reason', async () => {
  const { find } = denylist({ Responses: { links: [item('example'), item('bad.example')] } })
  expect(await find()).toEqual({ reason: 'bad.example' })
})

test('domains that were left unread are no clean bill: the check fails, and may be tried again', async () => {
  const { find } = denylist({ Responses: { links: [] }, UnprocessedKeys: { links: { Keys: [key('bad.example')] } } })
  await expect(find()).rejects.toMatchObject({ code: 'dependency-failed', retryable: true })
})

test('unless one that was read is denied anyway', async () => {
  const left = { links: { Keys: [key('example')] } }
  const { find } = denylist({ Responses: { links: [item('bad.example')] }, UnprocessedKeys: left })
  expect(await find()).toEqual({ reason: 'bad.example' })
})
