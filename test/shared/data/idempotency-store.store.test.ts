import { randomUUID } from 'node:crypto'
import {
  type Begin,
  createIdempotencyStore,
  type IdempotencyStore,
} from '../../../functions/shared/data/idempotency-store.ts'
import { patientDynamoDB, setFunctionEnvironment } from '../../support/cloud.ts'
import { ownTable } from '../../support/own-table.ts'

setFunctionEnvironment()
const dynamodb = patientDynamoDB()
const { signal } = new AbortController()
const ANSWER = { status: 201, headers: { etag: '"v1"' }, body: '{"code":"abc"}' }
let store: IdempotencyStore

beforeAll(async () => {
  store = createIdempotencyStore({ client: dynamodb, tableName: await ownTable() })
})

/** An attempt at one operation; time is what the test says it is. */
const attempt = (id: string, overrides: Partial<Begin> = {}): Begin => {
  const now = overrides.now ?? 1_000
  return {
    id,
    attemptId: randomUUID(),
    operationId: randomUUID(),
    fingerprint: 'body',
    now,
    leaseUntil: now + 11_000,
    keptUntil: now + 86_400_000,
    ...overrides,
  }
}

test('the first begins, and repeats meanwhile get the end of its lease', async () => {
  const id = randomUUID()
  const first = attempt(id)
  expect(await store.begin(first, signal)).toMatchObject({ outcome: 'started', operationId: first.operationId })
  expect(await store.begin(attempt(id, { now: 11_999 }), signal)).toEqual({ outcome: 'running', leaseUntil: 12_000 })
})

test('of 30 at once exactly one begins', async () => {
  const id = randomUUID()
  const begun = await Promise.all(Array.from({ length: 30 }, () => store.begin(attempt(id), signal)))
  expect(begun.filter(({ outcome }) => outcome === 'started')).toHaveLength(1)
})

test('an attempt whose first answer was lost began', async () => {
  const first = attempt(randomUUID())
  await store.begin(first, signal)
  expect(await store.begin(first, signal)).toMatchObject({ outcome: 'started', operationId: first.operationId })
})

test('an answer is kept for a day, and then it is a new operation', async () => {
  const id = randomUUID()
  const first = attempt(id)
  await store.begin(first, signal)
  await store.complete(first, ANSWER, signal)
  expect(await store.begin(attempt(id, { now: 86_400_999 }), signal)).toEqual({ outcome: 'answered', answer: ANSWER })
  const next = attempt(id, { now: 86_401_000 })
  expect(await store.begin(next, signal)).toMatchObject({ outcome: 'started', operationId: next.operationId })
})

test('a dead attempt is taken over after its lease, by one of many, under its old id', async () => {
  const id = randomUUID()
  const dead = attempt(id)
  await store.begin(dead, signal)
  const heirs = await Promise.all(Array.from({ length: 20 }, () => store.begin(attempt(id, { now: 12_000 }), signal)))
  const started = heirs.filter(({ outcome }) => outcome === 'started')
  expect(started).toMatchObject([{ operationId: dead.operationId }])
})

test('an attempt that was taken over can no longer record its outcome', async () => {
  const id = randomUUID()
  const slow = attempt(id)
  await store.begin(slow, signal)
  const heir = attempt(id, { now: 12_000 })
  await store.begin(heir, signal)
  await store.complete(slow, { ...ANSWER, status: 409 }, signal)
  expect(await store.begin(attempt(id, { now: 13_000 }), signal)).toMatchObject({ outcome: 'running' })
  await store.complete(heir, ANSWER, signal)
  await store.release(slow, signal)
  expect(await store.begin(attempt(id, { now: 13_000 }), signal)).toEqual({ outcome: 'answered', answer: ANSWER })
})

test('after a release the next begins at once, under the old id, and finds the result of the first', async () => {
  const id = randomUUID()
  const failed = attempt(id)
  await store.begin(failed, signal)
  await store.release(failed, signal)
  expect(await store.begin(attempt(id), signal)).toMatchObject({ outcome: 'started', operationId: failed.operationId })
})

test('another fingerprint is reused, while it runs, when it died and when it is answered', async () => {
  const id = randomUUID()
  const first = attempt(id)
  await store.begin(first, signal)
  const other = (now: number) => store.begin(attempt(id, { now, fingerprint: 'another body' }), signal)
  expect(await other(2_000)).toEqual({ outcome: 'reused' })
  expect(await other(20_000)).toEqual({ outcome: 'reused' })
  await store.complete(first, ANSWER, signal)
  expect(await other(2_000)).toEqual({ outcome: 'reused' })
})
