import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import { createPushLive } from '../../../functions/notification/live/push.ts'
import { toItem } from '../../../functions/notification/store/items.ts'
import { connectionKey } from '../../../functions/notification/store/keys.ts'
import { createListedConnections } from '../../../functions/notification/store/listed-connections.ts'
import { createRegisterConnections } from '../../../functions/notification/store/register-connections.ts'
import { newTenant, patientDynamoDB, setFunctionEnvironment } from '../../support/cloud.ts'
import { ownTable } from '../../support/own-table.ts'

setFunctionEnvironment()
const table = { client: patientDynamoDB(), tableName: await ownTable() }
const { signal } = new AbortController()
const store = { ...createListedConnections(table), ...createRegisterConnections({ ...table, now: Date.now }) }

const aConnection = () => ({ tenant: newTenant(), userId: 'ann', connectionId: 'JKJaXmPLvHcESHA=' })
const onFailure = (error: unknown) => {
  throw error
}
/** Pushes a message, which finds every connection gone; `meanwhile` happens before that is known. */
const pushToGone = (user: { tenant: string; userId: string }, meanwhile = async () => {}) => {
  const loadPost = async () => async () => {
    await meanwhile()
    return 'gone' as const
  }
  return createPushLive({ connections: store, loadPost, onFailure })(user, [{ t: 'count' }], signal)
}

test('a connection that opens while a message finds it gone stays known', async () => {
  const connection = aConnection()
  await store.add(connection, 'opening', signal)
  await pushToGone(connection, () => store.add(connection, 'open', signal))
  expect(await store.list(connection, signal)).toEqual([{ ...connection, state: 'open' }])
})

test.each(['opening', 'open'] as const)('a connection that was %s and is gone is forgotten', async (state) => {
  const connection = aConnection()
  await store.add(connection, state, signal)
  await pushToGone(connection)
  expect(await store.list(connection, signal)).toEqual([])
})

test('a connection that was registered before connections had a state is found, and forgotten once it is gone', async () => {
  const connection = aConnection()
  const Item = toItem({ ...connectionKey(connection), ttl: Math.ceil(Date.now() / 1000) + 60 })
  await table.client.send(new PutItemCommand({ TableName: table.tableName, Item }), { signal })
  expect(await store.list(connection, signal)).toMatchObject([connection])
  await pushToGone(connection)
  expect(await store.list(connection, signal)).toEqual([])
})

test('a connection that was removed meanwhile is forgotten without an error', async () => {
  const connection = aConnection()
  await store.add(connection, 'open', signal)
  await pushToGone(connection, () => store.remove(connection, signal))
  expect(await store.list(connection, signal)).toEqual([])
})
