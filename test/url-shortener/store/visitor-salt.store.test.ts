import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import { randomBytes } from '../../../functions/shared/ids/random-bytes.ts'
import { createReadSalt } from '../../../functions/url-shortener/store/visitor-salt.ts'
import { patientDynamoDB, setFunctionEnvironment } from '../../support/cloud.ts'
import { ownTable } from '../../support/own-table.ts'

setFunctionEnvironment()
const client = patientDynamoDB()
const tableName = await ownTable()
const { signal } = new AbortController()
const readSalt = () => createReadSalt({ client, tableName, randomBytes })

test('all functions that need the salt of a day at once get the same one', async () => {
  const salts = await Promise.all(Array.from({ length: 10 }, () => readSalt()('2026-05-06', signal)))
  expect(new Set(salts.map((salt) => Buffer.from(salt).toString('hex'))).size).toBe(1)
  expect(salts[0]).toHaveLength(32)
  expect(await readSalt()('2026-05-06', signal)).toEqual(salts[0])
  expect(await readSalt()('2026-05-07', signal)).not.toEqual(salts[0])
})

test('a salt expires two hours after its day', async () => {
  await readSalt()('2026-05-08', signal)
  const Key = { pk: { S: 'V#2026-05-08' }, sk: { S: 'salt' } }
  const { Item } = await client.send(new GetItemCommand({ TableName: tableName, Key }))
  expect(Number(Item?.ttl?.N) * 1000).toBe(Date.parse('2026-05-09T02:00:00.000Z'))
})
