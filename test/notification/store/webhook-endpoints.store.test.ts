import { randomUUID } from 'node:crypto'
import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import { createDisableEndpoint } from '../../../functions/notification/store/disable-endpoint.ts'
import { createEndpointStore } from '../../../functions/notification/store/endpoints.ts'
import { toKey } from '../../../functions/notification/store/items.ts'
import { endpointHealthKey } from '../../../functions/notification/store/keys.ts'
import { createEndpointHealth } from '../../../functions/notification/store/webhook-health.ts'
import { readEntry } from '../../../functions/shared/events/outbox-entry.ts'
import { startTimer } from '../../../functions/shared/resilience/timer.ts'
import { patientDynamoDB, setFunctionEnvironment } from '../../support/cloud.ts'
import { ownTable } from '../../support/own-table.ts'
import { anEndpoint } from '../webhooks/a-webhook.ts'

setFunctionEnvironment()
const client = patientDynamoDB()
const { signal } = new AbortController()
const cause = { correlationId: 'c', causationId: null, traceparent: 't' }
let tableName: string
beforeAll(async () => {
  tableName = await ownTable()
})

async function given() {
  const table = { client, tableName }
  const endpoints = createEndpointStore(table)
  const id = randomUUID()
  await endpoints.write({ before: undefined, after: anEndpoint({ id }) }, signal)
  const ofEndpoint = { tenant: 'acme', endpointId: id, address: anEndpoint().address }
  const record = async () => {
    const Key = toKey(endpointHealthKey(ofEndpoint))
    return (await client.send(new GetItemCommand({ TableName: tableName, Key }), { signal })).Item
  }
  const disable = createDisableEndpoint({
    ...table,
    read: endpoints.read,
    newId: randomUUID,
    random: Math.random,
    startTimer,
    now: () => 7000,
    newCause: () => cause,
  })
  return { endpoints, ofEndpoint, record, disable, health: createEndpointHealth(table) }
}

test('failures count from the first one since the last success', async () => {
  const { health, ofEndpoint } = await given()
  expect(await health.readFailingSince(ofEndpoint, signal)).toBeNull()
  await health.recordSuccess(ofEndpoint, signal)
  expect(await health.recordFailure(ofEndpoint, 1000, signal)).toBe(1000)
  expect(await health.recordFailure(ofEndpoint, 2000, signal)).toBe(1000)
  expect(await health.readFailingSince(ofEndpoint, signal)).toBe(1000)
  await health.recordSuccess(ofEndpoint, signal)
  expect(await health.recordFailure(ofEndpoint, 3000, signal)).toBe(3000)
})

test('an endpoint is disabled once, together with its event', async () => {
  const { endpoints, disable, ofEndpoint, record } = await given()
  const before = await endpoints.read(ofEndpoint, signal)
  await disable(ofEndpoint, 'gone', signal)
  await disable(ofEndpoint, 'failing', signal)
  const after = await endpoints.read(ofEndpoint, signal)
  expect(after).toMatchObject({ enabled: false, disabledReason: 'gone', updatedAt: 7000, secrets: before?.secrets })
  expect(after?.version).not.toBe(before?.version)
  expect(readEntry((await record()) ?? {})).toMatchObject({
    entry: { type: 'notification.endpoint.disabled', correlationId: 'c' },
    sequence: 1,
  })
  expect(await record()).toMatchObject({ tenant: { S: 'acme' }, userId: { S: 'ann' }, reason: { S: 'gone' } })
})

test('the sequence of events grows over enabling and successes', async () => {
  const { endpoints, disable, ofEndpoint, record, health } = await given()
  await disable(ofEndpoint, 'gone', signal)
  const disabled = await endpoints.read(ofEndpoint, signal)
  if (!disabled) throw new Error('The endpoint is gone')
  await endpoints.write({ before: disabled, after: { ...disabled, enabled: true, version: 'enabled' } }, signal)
  await health.recordFailure(ofEndpoint, 1000, signal)
  await health.recordSuccess(ofEndpoint, signal)
  await disable(ofEndpoint, 'failing', signal)
  expect(readEntry((await record()) ?? {})).toMatchObject({ sequence: 2 })
})

test('ten that disable at once do it once', async () => {
  const { disable, ofEndpoint, record } = await given()
  await Promise.allSettled(Array.from({ length: 10 }, () => disable(ofEndpoint, 'gone', signal)))
  expect(readEntry((await record()) ?? {})).toMatchObject({ sequence: 1 })
})

test('an endpoint that is gone is not disabled', async () => {
  const { disable } = await given()
  await disable({ tenant: 'acme', endpointId: randomUUID(), address: 'https://example.com/hook' }, 'gone', signal)
})

test('an endpoint that has another address by now is not disabled for the old one', async () => {
  const { endpoints, disable, ofEndpoint } = await given()
  const before = await endpoints.read(ofEndpoint, signal)
  if (!before) throw new Error('The endpoint is gone')
  const after = { ...before, address: 'https://new.example.com/', version: 'new' }
  await endpoints.write({ before, after }, signal)
  await disable(ofEndpoint, 'gone', signal)
  expect(await endpoints.read(ofEndpoint, signal)).toEqual(after)
})
