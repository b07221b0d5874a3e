import { createIdempotencyStore, type IdempotencyStore } from '../../../../functions/shared/data/idempotency-store.ts'
import {
  type Idempotency,
  type IdempotencyOptions,
  idempotency,
} from '../../../../functions/shared/http/idempotency.ts'
import type { HttpResponse } from '../../../../functions/shared/http/response.ts'
import { httpEvent, requestOf } from '../../../support/events.ts'
import { clientOf } from '../../../support/fake-dynamodb.ts'
import { fakeTable } from './fake-table.ts'

// Single requests; what may happen between several is in idempotency-interleavings.test.ts.

const NOW = 1_000
const LEASE_MS = 11_000
const ANN = { tenant: 'acme', sub: 'ann' }

/** `send` sends a request with this key; `ran` has the operations that were executed. */
function api(
  answer: HttpResponse = { status: 201 },
  { isFinal, ...overrides }: Partial<IdempotencyStore> & Pick<IdempotencyOptions, 'isFinal'> = {},
) {
  const ran: string[] = []
  const table = fakeTable()
  let ids = 0
  const once: Idempotency = idempotency({
    store: { ...createIdempotencyStore({ client: clientOf(table.dynamodb), tableName: 'things' }), ...overrides },
    now: () => NOW,
    newOperationId: () => `id-${++ids}`,
    leaseMs: LEASE_MS,
    ...(isFinal && { isFinal }),
  })
  const send = (key?: string, path = '/things') => {
    const headers: Record<string, string> = key === undefined ? {} : { 'idempotency-key': key }
    const request = requestOf(httpEvent({ routeKey: 'POST /things', path, headers, body: '{}' }))
    return once(request, ANN, async (operationId) => {
      ran.push(operationId)
      return answer
    })
  }
  return { send, ran, items: table.items }
}

test('without a key each request is an operation of its own, of which nothing is stored', async () => {
  const { send, ran, items } = api()
  await send()
  await send()
  expect(new Set(ran).size).toBe(2)
  expect(items()).toEqual([])
})

test.each([1, 255])('a key of %i characters is taken', async (length) => {
  expect(await api().send('k'.repeat(length))).toEqual({ status: 201 })
})

test.each([0, 256])('a key of %i characters is refused by its name, and nothing is done', async (length) => {
  const { send, ran } = api()
  const errors = [{ path: 'idempotency-key', message: 'must have 1 to 255 characters' }]
  await expect(send('k'.repeat(length))).rejects.toMatchObject({
    problem: { status: 422, code: 'invalid-input', errors },
  })
  expect(ran).toEqual([])
})

test.each<[string, HttpResponse]>([
  ['no body', { status: 204, headers: {} }],
  ['an object', { status: 200, headers: { etag: '"v1"' }, body: { id: 'ü', tags: [] } }],
  ['a text', { status: 200, headers: { 'content-type': 'text/plain' }, body: 'text' }],
  ['null', { status: 200, headers: {}, body: null }],
])('an answer with %s is replayed as it was', async (_, answer) => {
  const { send, ran } = api(answer)
  expect(await send('k')).toEqual(answer)
  expect(await send('k')).toStrictEqual({ ...answer, headers: { ...answer.headers, 'idempotent-replayed': 'true' } })
  expect(ran).toHaveLength(1)
})

test('a response that is not final is not replayed: a repeat runs the same operation again', async () => {
  const { send, ran } = api({ status: 207, body: 'half' }, { isFinal: ({ body }) => body !== 'half' })
  expect(await send('k')).toEqual(await send('k'))
  expect(ran).toHaveLength(2)
  expect(new Set(ran).size).toBe(1)
})

test.each([
  [390_000, 1],
  [390_001, 2],
])('an answer of %i bytes as it is kept runs the operation %i times: an item holds 400 KB', async (bytes, times) => {
  const empty = JSON.stringify({ status: 200, headers: {}, body: '' }).length
  // In JSON within JSON a text has two quotes more, each with a backslash.
  const { send, ran, items } = api({ status: 200, headers: {}, body: 'x'.repeat(bytes - empty - 4) })
  for (const _ of [1, 2]) expect(await send('k')).toMatchObject({ status: 200 })
  expect(ran).toHaveLength(times)
  expect(new Set(ran).size).toBe(1)
  expect(items()[0]?.answer?.S?.length).toBe(times === 1 ? bytes : undefined)
})

test('a request is stored as a hash that only the owner of its key can compute', async () => {
  const [one, other] = [api(), api()]
  await one.send('k')
  await other.send('K')
  const fingerprints = [one, other].map(({ items }) => items()[0]?.fingerprint?.S)
  expect(fingerprints[0]).toMatch(/^[\w-]{43}$/)
  expect(fingerprints[1]).not.toBe(fingerprints[0])
})

test.each([
  ['began just now', LEASE_MS, '1'],
  ['began two seconds ago', LEASE_MS - 2_000, '2'],
  ['began five seconds and a bit ago', LEASE_MS - 5_001, '6'],
  ['ends in three seconds', 3_000, '3'],
  ['ends within a second', 1, '1'],
  ['is over by now', -1, '1'],
  ['has a longer lease than ours', LEASE_MS + 9_000, '1'],
])('a repeat during an attempt that %s waits as long as it ran, at most to the end of its lease', async (_, leftMs, seconds) => {
  const leaseUntil = NOW + leftMs
  const { send, ran } = api({ status: 201 }, { begin: async () => ({ outcome: 'running', leaseUntil }) })
  const problem = { status: 409, code: 'operation-in-progress', headers: { 'retry-after': seconds } }
  await expect(send('k')).rejects.toMatchObject({ problem })
  expect(ran).toEqual([])
})

test.each([
  'k,k',
  'k, other',
  '"k","k"',
])('two keys, joined as %j, are refused by the name, and nothing is done', async (key) => {
  const { send, ran } = api()
  const errors = [{ path: 'idempotency-key', message: 'must be given once' }]
  await expect(send(key)).rejects.toMatchObject({ problem: { status: 422, code: 'invalid-input', errors } })
  expect(await api().send('"k,k"')).toEqual({ status: 201 })
  expect(ran).toEqual([])
})

test('the same key and body at another path is another request', async () => {
  const { send, ran } = api()
  await send('k')
  await expect(send('k', '/things/other')).rejects.toMatchObject({ problem: { code: 'idempotency-key-reused' } })
  expect(ran).toHaveLength(1)
})

test('the response of an operation is sent even if its attempt could not be released', async () => {
  const release = () => Promise.reject(new Error('down'))
  expect(await api({ status: 500 }, { release }).send('k')).toEqual({ status: 500 })
})

test('a response that could not be stored is not sent: another might follow', async () => {
  const complete = async () => {
    throw new Error('not kept')
  }
  await expect(api({ status: 201 }, { complete }).send('k')).rejects.toThrow('not kept')
})

test('an attempt that was taken over can no longer record an outcome', async () => {
  const store = createIdempotencyStore({ client: clientOf(fakeTable().dynamodb), tableName: 'things' })
  const { signal } = new AbortController()
  const begin = (attemptId: string, now: number) => {
    const until = { leaseUntil: now + 11_000, keptUntil: now + 86_400_000 }
    return store.begin({ id: 'k', attemptId, operationId: attemptId, fingerprint: 'x', now, ...until }, signal)
  }
  const slow = { id: 'k', attemptId: 'slow' }
  await begin('slow', 1_000)
  await begin('heir', 12_000)
  await store.release(slow, signal)
  await store.complete(slow, { status: 201, headers: {} }, signal)
  expect(await begin('third', 12_001)).toEqual({ outcome: 'running', leaseUntil: 23_000 })
})
