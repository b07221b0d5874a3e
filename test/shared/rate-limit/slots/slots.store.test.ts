import { randomUUID } from 'node:crypto'
import { createSlotStore, type SlotStore } from '../../../../functions/shared/rate-limit/slots/slot-store.ts'
import { patientDynamoDB, setFunctionEnvironment } from '../../../support/cloud.ts'
import { ownTable } from '../../../support/own-table.ts'

setFunctionEnvironment()
const { signal } = new AbortController()
const TTL_MS = 10_000
let table: string
let time = Date.UTC(2100, 0, 1)

beforeAll(async () => {
  table = await ownTable()
})

/** As another environment has it: with connections of its own. */
const environment = (): SlotStore => {
  const dynamodb = patientDynamoDB()
  return createSlotStore({ client: dynamodb, tableName: table, now: () => time })
}
const subject = () => `Q#jobs#${randomUUID()}`
const ids = (count: number) => Array.from({ length: count }, () => randomUUID())

/** All at once, from five environments. */
async function acquireAll(pk: string, slotIds: string[], limit: number) {
  const stores = Array.from({ length: 5 }, environment)
  const acquire = (slotId: string, index: number) =>
    stores[index % 5]?.acquire({ pk, slotId, limit, ttlMs: TTL_MS }, signal)
  const answers = await Promise.all(slotIds.map(acquire))
  return answers.map((answer) => answer?.outcome)
}
const acquiredOf = (outcomes: (string | undefined)[]) => outcomes.filter((outcome) => outcome === 'acquired').length

test('of 60 at once as many get a slot as there are', async () => {
  const pk = subject()
  expect(acquiredOf(await acquireAll(pk, ids(60), 7))).toBe(7)
  expect(acquiredOf(await acquireAll(pk, ids(20), 8))).toBe(1)
})

test('the same id, asked by many at once, takes one slot', async () => {
  const pk = subject()
  const slotId = randomUUID()
  expect(acquiredOf(await acquireAll(pk, Array(20).fill(slotId), 2))).toBe(20)
  expect(acquiredOf(await acquireAll(pk, ids(20), 2))).toBe(1)
})

test('when all have expired, as many of 60 get their slots, and who went on keeps its own', async () => {
  const pk = subject()
  const store = environment()
  const first = ids(30)
  for (const slotId of first) await store.acquire({ pk, slotId, limit: 30, ttlMs: TTL_MS }, signal)
  const [alive = ''] = first
  time += TTL_MS / 2
  expect(await store.extend({ pk, slotId: alive, ttlMs: TTL_MS }, signal)).toBe(time + TTL_MS)
  time += TTL_MS / 2
  expect(acquiredOf(await acquireAll(pk, ids(60), 30))).toBe(29)
  expect(await store.extend({ pk, slotId: alive, ttlMs: TTL_MS }, signal)).toBe(time + TTL_MS)
  expect(await store.extend({ pk, slotId: first[1] ?? '', ttlMs: TTL_MS }, signal)).toBeUndefined()
})

test('releases and acquisitions at once never let in more, and lose no slot', async () => {
  const pk = subject()
  const first = ids(10)
  await acquireAll(pk, first, 10)
  const store = environment()
  const releasing = Promise.all(first.map((slotId) => store.release({ pk, slotId }, signal)))
  const during = acquiredOf(await acquireAll(pk, ids(30), 10))
  await releasing
  expect(during).toBeLessThanOrEqual(10)
  expect(during + acquiredOf(await acquireAll(pk, ids(30), 10))).toBe(10)
})

test('500 hold slots at once, and make room 25 at a time', async () => {
  const pk = subject()
  const store = environment()
  for (let round = 0; round < 25; round++) {
    await Promise.all(ids(20).map((slotId) => store.acquire({ pk, slotId, limit: 500, ttlMs: TTL_MS }, signal)))
  }
  const one = () => store.acquire({ pk, slotId: randomUUID(), limit: 500, ttlMs: TTL_MS }, signal)
  expect(await one()).toEqual({ outcome: 'denied', retryAfterMs: TTL_MS })
  time += TTL_MS
  expect(await one()).toMatchObject({ outcome: 'acquired' })
  const lowered = await store.acquire({ pk, slotId: randomUUID(), limit: 2, ttlMs: TTL_MS }, signal)
  expect(lowered).toMatchObject({ outcome: 'acquired' })
  expect(await store.acquire({ pk, slotId: randomUUID(), limit: 2, ttlMs: TTL_MS }, signal)).toMatchObject({
    outcome: 'denied',
  })
})

test('nothing is released or prolonged where nobody ever was', async () => {
  const slot = { pk: subject(), slotId: randomUUID() }
  await environment().release(slot, signal)
  expect(await environment().extend({ ...slot, ttlMs: TTL_MS }, signal)).toBeUndefined()
})
