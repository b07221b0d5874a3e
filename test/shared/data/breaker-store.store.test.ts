import { randomUUID } from 'node:crypto'
import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import { createBreakerStore } from '../../../functions/shared/data/breaker-store.ts'
import { readEntry } from '../../../functions/shared/events/outbox-entry.ts'
import { type FleetState, fleetBreaker, NEVER_OPENED } from '../../../functions/shared/resilience/fleet-breaker.ts'
import { failureRate } from '../../../functions/shared/resilience/trip-rule.ts'
import { patientDynamoDB, setFunctionEnvironment } from '../../support/cloud.ts'
import { ownTable } from '../../support/own-table.ts'

setFunctionEnvironment()
const client = patientDynamoDB()
const { signal } = new AbortController()
const OPEN: FleetState = { kind: 'open', until: 5000, version: 1 }
let tableName: string
beforeAll(async () => {
  tableName = await ownTable()
})

const storeOf = (more = {}) =>
  createBreakerStore({ client, tableName, newOperationId: randomUUID, now: () => 7000, ...more })

test('a breaker that never opened is closed', async () => {
  expect(await storeOf().read(randomUUID(), signal)).toEqual(NEVER_OPENED)
})

test('a change is made once, and whoever comes later learns of it', async () => {
  const [store, name] = [storeOf(), randomUUID()]
  expect(await store.move({ name, from: NEVER_OPENED, to: OPEN }, signal)).toEqual({ isOurs: true, state: OPEN })
  const other = { ...OPEN, until: 6000 }
  expect(await store.move({ name, from: NEVER_OPENED, to: other }, signal)).toEqual({ isOurs: false, state: OPEN })
  const closed: FleetState = { kind: 'closed', until: 0, version: 2 }
  expect(await store.move({ name, from: OPEN, to: closed }, signal)).toEqual({ isOurs: true, state: closed })
  expect(await store.move({ name, from: OPEN, to: closed }, signal)).toEqual({ isOurs: false, state: closed })
  expect(await store.read(name, signal)).toEqual(closed)
})

test('a repeat after a lost answer is still its own change', async () => {
  const [store, name] = [storeOf({ newOperationId: () => 'the same' }), randomUUID()]
  await store.move({ name, from: NEVER_OPENED, to: OPEN }, signal)
  expect(await store.move({ name, from: NEVER_OPENED, to: OPEN }, signal)).toEqual({ isOurs: true, state: OPEN })
})

test('a change has its event in the same item, whose sequence grows', async () => {
  const name = randomUUID()
  const entryOf = ({ to, operationId }: { to: FleetState; operationId: string }) => {
    const cause = { correlationId: 'c', causationId: null, traceparent: 't' }
    return to.kind === 'half-open' ? undefined : { operationId, type: to.kind, time: '2026', ...cause }
  }
  const store = storeOf({ entryOf })
  const read = async () => {
    const Key = { pk: { S: `K#${name}` }, sk: { S: 'breaker' } }
    const { Item } = await client.send(new GetItemCommand({ TableName: tableName, Key }), { signal })
    return { name: Item?.name?.S, ttl: Item?.ttl?.N, ...readEntry(Item ?? {}) }
  }
  await store.move({ name, from: NEVER_OPENED, to: OPEN }, signal)
  expect(await read()).toMatchObject({ name, entry: { type: 'open' }, sequence: 1, ttl: String(7 + 90 * 86_400) })
  await store.move({ name, from: OPEN, to: { kind: 'half-open', until: 1, version: 2 } }, signal)
  expect(await read()).toMatchObject({ sequence: 1 })
  await store.move({ name, from: { ...OPEN, version: 2 }, to: { kind: 'closed', until: 0, version: 3 } }, signal)
  expect(await read()).toMatchObject({ entry: { type: 'closed' }, sequence: 2 })
})

test('of twenty environments at once one probes', async () => {
  const name = randomUUID()
  let time = Date.now()
  const fleet = Array.from({ length: 20 }, () =>
    fleetBreaker({
      store: storeOf(),
      openMs: 1000,
      probeMs: 60_000,
      tripRule: failureRate({ windowSize: 1, minCalls: 1, rate: 1 }),
      now: () => time,
      onFailure: (_, error) => {
        throw error
      },
    }),
  )
  const admitAll = () => Promise.all(fleet.map((breaker) => breaker.admit(name, signal)))
  const [first] = await admitAll()
  if (first?.isAdmitted) await first.settle('failed', signal)
  time += 1000
  const admissions = await admitAll()
  expect(admissions.filter(({ isAdmitted }) => isAdmitted)).toHaveLength(1)
})
