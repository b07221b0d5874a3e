import { UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { createLinkReads } from '../../../functions/url-shortener/store/reads.ts'
import { patientDynamoDB, setFunctionEnvironment } from '../../support/cloud.ts'
import { ownTable } from '../../support/own-table.ts'
import { aLink } from '../a-link.ts'
import { putLocked, randomCode } from '../unlock/locked-links.ts'

setFunctionEnvironment()
const dynamodb = patientDynamoDB()
const { signal } = new AbortController()
const table = await ownTable('UrlShortener')
const store = createLinkReads({ client: dynamodb, tableName: table })

test('a link and its password’s hash are read as they were written', async () => {
  const link = aLink({ code: randomCode(), passwordId: 'password-1', expiresAt: '2099-01-01T00:00:00.000Z' })
  const { passwordHash } = await putLocked(link, 'secret', table)
  expect(await store.read(link.code, { consistent: true, signal })).toEqual(link)
  expect(await store.readDetails(link.code, signal)).toMatchObject({ passwordHash })
})

test('a deleted link keeps the time of its deletion', async () => {
  const { code } = await putLocked(aLink({ code: randomCode() }), 'secret', table)
  await dynamodb.send(
    new UpdateItemCommand({
      TableName: table,
      Key: { pk: { S: `L#${code}` }, sk: { S: 'link' } },
      UpdateExpression: 'SET deletedAt = :at',
      ExpressionAttributeValues: { ':at': { S: '2026-11-21T12:00:00.000Z' } },
    }),
  )
  expect(await store.read(code, { consistent: true, signal })).toEqual({ code, deletedAt: '2026-11-21T12:00:00.000Z' })
})

test('a missing link is undefined, and a link without details has empty ones', async () => {
  expect(await store.read(randomCode(), { consistent: true, signal })).toBeUndefined()
  expect(await store.readDetails(randomCode(), signal)).toEqual({ expiredUrl: null, rules: [], passwordHash: null })
  await expect(store.ping(signal)).resolves.toBeUndefined()
})
