import { toConcurrencyPolicy } from '../../../functions/rate-limiter/domain/counted-policy.ts'
import type { StoredPolicy } from '../../../functions/rate-limiter/domain/policy.ts'
import { holdSlot, releaseSlot } from '../../../functions/rate-limiter/slots/hold-slot.ts'
import { type SlotRecord, type SlotRecords, takeSlot } from '../../../functions/rate-limiter/slots/take-slot.ts'
import { AppError } from '../../../functions/shared/errors.ts'
import { createSlots } from '../../../functions/shared/rate-limit/slots/slots.ts'
import { memoryTable } from '../../shared/rate-limit/support/memory-table.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { clientOf, type DynamoDBCall } from '../../support/fake-dynamodb.ts'
import { aPolicy, TENANT } from '../a-policy.ts'

const { signal } = new AbortController()
const DAY = 86_400_000
const down = new AppError('dependency-failed', 'The table is down.', { retryable: true })

/** Slots over a table in memory, with records beside it. */
function world(fields: Partial<StoredPolicy['definition']> = {}) {
  const clock = fakeClock()
  const table = memoryTable()
  const kept = new Map<string, SlotRecord & { keptUntil: number }>()
  let isDown = false
  let policy: StoredPolicy | undefined = aPolicy({ algorithm: 'concurrency', limit: 1, ...fields }, { name: 'seats' })
  const dynamodb = (async (operation: 'UpdateItem', input: never) => {
    if (isDown) throw down
    return table.dynamodb(operation, input)
  }) as DynamoDBCall
  const slots = createSlots({
    client: clientOf(dynamodb),
    tableName: 'limits',
    now: clock.now,
    startTimer: clock.startTimer,
  })
  const keyOf = ({ tenant, slotId }: { tenant: string; slotId: string }) => `${tenant} ${slotId}`
  const records: SlotRecords = {
    read: async (id) => kept.get(keyOf(id)),
    async keep(record) {
      if (isDown) throw down
      kept.set(keyOf(record), { ...record, keptUntil: clock.now() + DAY })
    },
    forget: async (id) => void kept.delete(keyOf(id)),
  }
  const find = async () => policy && toConcurrencyPolicy(policy, undefined)
  const take = (slotId: string, more: Partial<SlotRecord> = {}) =>
    takeSlot({ find, slots, records })(
      { tenant: TENANT, slotId, policy: 'seats', subject: 'room:1', ttlMs: 60_000, ...more },
      signal,
    )
  return {
    clock,
    kept,
    take,
    hold: (slotId: string, tenant = TENANT) =>
      holdSlot({ find, slots, records, now: clock.now })({ tenant, slotId }, signal),
    release: (slotId: string, tenant = TENANT) => releaseSlot({ slots, records })({ tenant, slotId }, signal),
    change: (changed: StoredPolicy | undefined) => {
      policy = changed
    },
    breakTable: (broken: boolean) => {
      isDown = broken
    },
    records,
    slots,
    find,
  }
}

test('as many hold slots as the policy says, and asking again with the same id takes no second one', async () => {
  const { take } = world()
  expect(await take('a')).toMatchObject({ outcome: 'acquired' })
  expect(await take('a')).toMatchObject({ outcome: 'acquired' })
  expect(await take('b')).toMatchObject({ outcome: 'denied', retryAfterMs: 60_000 })
})

test('tenants have slots of their own', async () => {
  const { take, slots, records } = world()
  await take('a')
  const policy = aPolicy({ algorithm: 'concurrency', limit: 1 }, { name: 'seats', tenant: 'other' })
  const find = async () => toConcurrencyPolicy(policy, undefined)
  const record = { tenant: 'other', slotId: 'b', policy: 'seats', subject: 'room:1', ttlMs: 60_000 }
  expect(await takeSlot({ find, slots, records })(record, signal)).toMatchObject({ outcome: 'acquired' })
})

test('a heartbeat holds a slot for as long as it was taken for', async () => {
  const { take, hold, clock } = world()
  await take('a')
  await clock.advance(50_000)
  expect(await hold('a')).toBe(clock.now() + 60_000)
  await clock.advance(59_999)
  expect(await take('b')).toMatchObject({ outcome: 'denied' })
  await clock.advance(1)
  expect(await hold('a')).toBeUndefined()
  expect(await take('b')).toMatchObject({ outcome: 'acquired' })
})

test('what is released is free for the next, once', async () => {
  const { take, release } = world()
  await take('a')
  expect(await release('a')).toBe('released')
  expect(await take('b')).toMatchObject({ outcome: 'acquired' })
  expect(await release('a')).toBe('not-found')
})

test('another tenant holds and releases nothing', async () => {
  const { take, hold, release } = world()
  await take('a')
  expect([await hold('a', 'other'), await release('a', 'other')]).toEqual([undefined, 'not-found'])
  expect(await take('b')).toMatchObject({ outcome: 'denied' })
})

test.each([
  ['is gone', undefined],
  ['has no slots any more', 'windows'],
  ['denies the subject', 'denies'],
])('a slot is lost when its policy %s, and its place can still be given back', async (_, change) => {
  const { take, hold, release, change: changePolicy } = world()
  await take('a')
  const changed = {
    windows: undefined,
    denies: aPolicy({ algorithm: 'concurrency', limit: 1, deny: ['room:*'] }, { name: 'seats' }),
  }
  changePolicy(changed[change as keyof typeof changed])
  expect(await hold('a')).toBeUndefined()
  expect(await release('a')).toBe('released')
  changePolicy(aPolicy({ algorithm: 'concurrency', limit: 1 }, { name: 'seats' }))
  expect(await take('b')).toMatchObject({ outcome: 'acquired' })
})

test('a place is given back also while the policy is off', async () => {
  const { take, release, change } = world()
  await take('a')
  change(aPolicy({ algorithm: 'concurrency', limit: 1, mode: 'off' }, { name: 'seats' }))
  await release('a')
  change(aPolicy({ algorithm: 'concurrency', limit: 1 }, { name: 'seats' }))
  expect(await take('b')).toMatchObject({ outcome: 'acquired' })
})

test('a slot can be held for days: its record is kept anew when half of its day is over', async () => {
  const { take, hold, kept, clock } = world()
  await take('a', { ttlMs: 3_600_000 })
  const before = kept.get(`${TENANT} a`)?.keptUntil ?? 0
  for (let hours = 0; hours < 13; hours++) {
    await clock.advance(3_500_000)
    expect(await hold('a')).toBeGreaterThan(clock.now())
  }
  expect(kept.get(`${TENANT} a`)?.keptUntil).toBeGreaterThan(before)
})

test('a slot that cannot be recorded is given back, and the holder is told to try again', async () => {
  const { take, records, slots, find } = world()
  const failing = { ...records, keep: () => Promise.reject(down) }
  const record = { tenant: TENANT, slotId: 'a', policy: 'seats', subject: 'room:1', ttlMs: 60_000 }
  await expect(takeSlot({ find, slots, records: failing })(record, signal)).rejects.toBe(down)
  expect(await take('b')).toMatchObject({ outcome: 'acquired' })
})

test.each([
  ['open', { outcome: 'acquired', degraded: true }],
  ['closed', { outcome: 'denied', degraded: true }],
] as const)('while the table is down, a policy that is %s decides', async (onError, answer) => {
  const { take, breakTable } = world({ onError })
  breakTable(true)
  expect(await take('a')).toMatchObject(answer)
})

test('a policy that is not there, or has no slots, gives none', async () => {
  const { records, slots, change, take } = world()
  change(undefined)
  expect(await take('a')).toEqual({ outcome: 'unknown-policy' })
  const record = { tenant: TENANT, slotId: 'a', policy: 'writes', subject: 'x', ttlMs: 1000 }
  const find = async () => ({ name: 'writes', algorithm: 'fixed-window' as const, limit: 1, windowMs: 1000 })
  expect(await takeSlot({ find, slots, records })(record, signal)).toEqual({ outcome: 'not-concurrency' })
})
