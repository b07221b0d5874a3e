import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import type { RecordOnce } from '../../../functions/rate-limiter/denials/publish-denials.ts'
import { limiterEventContent } from '../../../functions/rate-limiter/store/event-content.ts'
import { degradedKey, deniedKey, nearedKey } from '../../../functions/rate-limiter/store/keys.ts'
import { createRecordNeared } from '../../../functions/rate-limiter/store/neared-marks.ts'
import { createRecordDegraded, createRecordDenied } from '../../../functions/rate-limiter/store/subject-events.ts'
import type { Item } from '../../../functions/shared/data/table.ts'
import { readEntry } from '../../../functions/shared/events/outbox-entry.ts'
import { CAUSE } from '../a-policy.ts'
import { MINUTE, NOW } from '../denials/denial-world.ts'
import { limitsTable, newTenant } from './limits-table.ts'

const { signal } = new AbortController()
const { table } = await limitsTable()

function marks() {
  let ids = 0
  return { ...table, now: () => NOW, newId: () => `id-${++ids}` }
}

test('a subject and minute is recorded once, with its event', async () => {
  const record = createRecordDenied(marks())
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
  // An hour longer than the minute, so that it is never published again.
  expect(Number(item.ttl?.N) * 1000).toBe(Date.parse(MINUTE) + 3 * 3_600_000)
})

/** Records something twice, and something else; then the event that the first made, with when its item ends. */
async function recordTwice<Recorded extends { tenant: string }>(
  record: RecordOnce<Recorded>,
  { first, again, other, key, type }: { first: Recorded; again: Recorded; other: Recorded; key: Item; type: string },
) {
  const outcomes = []
  for (const each of [first, again, other]) outcomes.push(await record(each, CAUSE, signal))
  expect(outcomes).toEqual(['recorded', 'known', 'recorded'])
  const input = { TableName: table.tableName, Key: key, ConsistentRead: true }
  const { Item: item = {} } = await table.client.send(new GetItemCommand(input))
  expect(readEntry(item)?.entry).toEqual({ operationId: 'id-1', type, time: new Date(NOW).toISOString(), ...CAUSE })
  const { tenant, ...content } = limiterEventContent(item, type, undefined)
  expect(tenant).toBe(first.tenant)
  return { content, endsAt: Number(item.ttl?.N) * 1000 }
}

test('a minute in which a policy could not decide is recorded once, with an event of all its subjects', async () => {
  const degraded = { tenant: newTenant(), policy: 'writes', minute: MINUTE, count: 7 }
  const { content } = await recordTwice(createRecordDegraded(marks()), {
    first: degraded,
    again: { ...degraded, count: 9 },
    other: { ...degraded, policy: 'reads' },
    key: degradedKey(degraded),
    type: 'rate-limiter.limiter.degraded',
  })
  expect(content).toEqual({
    schemaVersion: 1,
    subject: 'writes/',
    data: { policy: 'writes', minute: '2026-03-12T19:03:00.000Z', count: 7 },
  })
})

test('a subject that nears a limit is recorded once in a window, whoever records it', async () => {
  const startMs = Date.parse(MINUTE)
  const id = { tenant: newTenant(), policy: 'writes', subject: 'org:7#é' }
  const neared = { ...id, limit: 10, used: 8, startMs, endMs: startMs + 60_000 }
  const { content, endsAt } = await recordTwice(createRecordNeared(marks()), {
    first: neared,
    again: { ...neared, used: 10 },
    other: { ...neared, startMs: neared.endMs, endMs: neared.endMs + 60_000 },
    key: nearedKey(neared),
    type: 'rate-limiter.limit.neared',
  })
  const { policy, subject } = id
  const window = { windowStart: '2026-03-12T19:03:00.000Z', windowEnd: '2026-03-12T19:04:00.000Z' }
  expect(content).toEqual({
    schemaVersion: 1,
    subject: 'writes/org:7#é',
    data: { policy, subject, limit: 10, used: 8, ...window },
  })
  // No environment publishes it again: what it remembers of the window is forgotten by then.
  expect(endsAt).toBe(neared.endMs + 3_600_000)
})

test('an item that lacks what an event contains makes none', () => {
  const item = { tenant: { S: 'acme' }, policy: { S: 'writes' }, subject: { S: 'a' } }
  for (const type of ['limit.denied', 'limit.neared', 'limiter.degraded']) {
    expect(() => limiterEventContent(item, `rate-limiter.${type}`, undefined)).toThrow('lacks')
  }
  expect(() => limiterEventContent(item, 'rate-limiter.limit.forgotten', undefined)).toThrow('is called')
})
