import { randomUUID } from 'node:crypto'
import { createLeaseStore } from '../../../functions/shared/data/lease-store.ts'
import { patientDynamoDB, setFunctionEnvironment } from '../../support/cloud.ts'
import { ownTable } from '../../support/own-table.ts'

setFunctionEnvironment()
const client = patientDynamoDB()
const { signal } = new AbortController()
let tableName: string
beforeAll(async () => {
  tableName = await ownTable()
})
const store = () => createLeaseStore({ client, tableName, keptMs: 60_000 })
const acquire = (name: string, now: number, holder: string = randomUUID()) =>
  store().acquire({ name, holder, now, until: now + 100 }, signal)

test('a lease is granted once until it ends, and then with a larger token', async () => {
  const name = randomUUID()
  expect(await acquire(name, 0)).toEqual({ outcome: 'granted', lease: { name, token: 1 } })
  expect(await acquire(name, 99)).toEqual({ outcome: 'held', until: 100 })
  expect(await acquire(name, 100)).toEqual({ outcome: 'granted', lease: { name, token: 2 } })
})

test('a released lease is granted at once, and its token is not repeated', async () => {
  const name = randomUUID()
  await acquire(name, 0)
  await store().release({ name, token: 1 }, signal)
  expect(await acquire(name, 1)).toEqual({ outcome: 'granted', lease: { name, token: 2 } })
})

test('the release of an earlier holder does not end the lease of a later one', async () => {
  const name = randomUUID()
  await acquire(name, 0)
  await acquire(name, 200)
  await store().release({ name, token: 1 }, signal)
  expect(await acquire(name, 250)).toEqual({ outcome: 'held', until: 300 })
})

test('a request that is repeated after a lost response gets the lease that it was granted', async () => {
  const name = randomUUID()
  expect(await acquire(name, 0, 'me')).toEqual(await acquire(name, 0, 'me'))
})

test('of concurrent requests one gets the lease', async () => {
  const name = randomUUID()
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => acquire(name, 0)))
  expect(outcomes.filter(({ outcome }) => outcome === 'granted')).toHaveLength(1)
})
