import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import { limiterEventContent } from '../../../functions/rate-limiter/store/event-content.ts'
import { deniedKey } from '../../../functions/rate-limiter/store/keys.ts'
import { createRecordDenied } from '../../../functions/rate-limiter/store/subject-events.ts'
import { readEntry } from '../../../functions/shared/events/outbox-entry.ts'
import { CAUSE } from '../a-policy.ts'
import { MINUTE, NOW } from '../denials/denial-world.ts'
import { limitsTable, newTenant } from './limits-table.ts'

const { signal } = new AbortController()
const { table } = await limitsTable()

test('a subject and minute is recorded once, with an event that tells it', async () => {
  let ids = 0
  const record = createRecordDenied({ ...table, now: () => NOW, newId: () => `id-${++ids}` })
  const denied = { tenant: newTenant(), policy: 'writes', subject: 'org:7#é', minute: MINUTE, count: 4 }
  expect(await record(denied, CAUSE, signal)).toBe('recorded')
  expect(await record({ ...denied, count: 99 }, CAUSE, signal)).toBe('known')
  expect(await record({ ...denied, minute: '2026-03-12T19:04Z' }, CAUSE, signal)).toBe('recorded')
  const input = { TableName: table.tableName, Key: deniedKey(denied), ConsistentRead: true }
  const { Item: item = {} } = await table.client.send(new GetItemCommand(input))
  expect(readEntry(item)).toEqual({
    entry: {
      operationId: 'id-1',
      type: 'rate-limiter.limit.denied',
      time: '2026-03-12T19:04:05.000Z',
      ...CAUSE,
    },
    sequence: NOW,
  })
  expect(limiterEventContent(item, 'rate-limiter.limit.denied', undefined)).toEqual({
    schemaVersion: 1,
    tenant: denied.tenant,
    subject: 'writes/org:7#é',
    data: { policy: 'writes', subject: 'org:7#é', minute: '2026-03-12T19:03:00.000Z', count: 4 },
  })
  // An hour longer than the minute, so that it is never told again.
  expect(Number(item.ttl?.N) * 1000).toBe(Date.parse(MINUTE) + 3 * 3_600_000)
})

test('an item that lacks what an event tells makes none', () => {
  const item = { tenant: { S: 'acme' }, policy: { S: 'writes' }, subject: { S: 'a' } }
  expect(() => limiterEventContent(item, 'rate-limiter.limit.denied', undefined)).toThrow('lacks')
  expect(() => limiterEventContent(item, 'rate-limiter.limit.forgotten', undefined)).toThrow('is called')
})
