import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import type { LinkDetails } from '../../../functions/url-shortener/domain/link.ts'
import { createVisitStore, type VisitStore } from '../../../functions/url-shortener/store/click-cap.ts'
import { CAP, keyOf } from '../../../functions/url-shortener/store/keys.ts'
import { patientDynamoDB, setFunctionEnvironment } from '../../support/cloud.ts'
import { ownTable } from '../../support/own-table.ts'
import { storedLink } from './stored-link.ts'

setFunctionEnvironment()
const dynamodb = patientDynamoDB()
const { signal } = new AbortController()
let table: string
let store: VisitStore

beforeAll(async () => {
  table = await ownTable('UrlShortener')
  store = createVisitStore({ client: dynamodb, tableName: table })
})

const aStored = (options: Parameters<typeof storedLink>[2] = {}) => storedLink(dynamodb, table, options)
const clicksOf = async (code: string) =>
  (await dynamodb.send(new GetItemCommand({ TableName: table, Key: keyOf(code, CAP) }))).Item?.clicks?.N

describe('counting a visit', () => {
  test('counts up to the cap, recognises the last visit, and refuses from then on', async () => {
    const code = await aStored({ maxClicks: 2 })
    const spent = [await store.spend(code, signal), await store.spend(code, signal), await store.spend(code, signal)]
    expect(spent).toEqual(['open', 'last', 'exhausted'])
    expect(await clicksOf(code)).toBe('2')
  })

  /** @proves url-shortener/exact-cap */
  test('admits exactly as many of many concurrent visits as the cap allows, one of them as the last', async () => {
    const code = await aStored({ maxClicks: 10 })
    const spent = await Promise.all(Array.from({ length: 30 }, () => store.spend(code, signal)))
    const count = (outcome: string) => spent.filter((one) => one === outcome).length
    expect([count('open'), count('last'), count('exhausted')]).toEqual([9, 1, 20])
  })

  test('continues after the cap was removed', async () => {
    const code = await aStored({ maxClicks: 1, clicks: 1 })
    const cap = { UpdateExpression: 'REMOVE maxClicks', Key: keyOf(code, CAP) }
    await dynamodb.send(new UpdateItemCommand({ TableName: table, ...cap }))
    expect(await store.spend(code, signal)).toBe('open')
    expect(await store.readCap(code, signal)).toBe('open')
    expect(await clicksOf(code)).toBe('2')
  })

  test('creates no counter for a deleted link', async () => {
    const code = await aStored()
    expect(await store.spend(code, signal)).toBe('gone')
    expect(await clicksOf(code)).toBeUndefined()
  })
})

test('reading the cap counts nothing', async () => {
  const code = await aStored({ maxClicks: 1 })
  expect([await store.readCap(code, signal), await store.readCap(code, signal)]).toEqual(['open', 'open'])
  await store.spend(code, signal)
  expect(await store.readCap(code, signal)).toBe('exhausted')
  expect(await store.readCap(await aStored(), signal)).toBe('gone')
})

test('details are read as they were written, and are empty for a link without', async () => {
  const rules: LinkDetails['rules'] = [{ if: { device: 'ios', language: 'de' }, url: 'https://example.com/' }]
  const code = await aStored({ details: { rules, expiredUrl: 'https://example.org/' } })
  expect(await store.readDetails(code, signal)).toEqual({
    rules,
    expiredUrl: 'https://example.org/',
    passwordHash: null,
  })
  const none = { rules: [], expiredUrl: null, passwordHash: null }
  expect(await store.readDetails(await aStored(), signal)).toEqual(none)
})

test('a link is read with all that a visit needs', async () => {
  const code = await aStored({ redirect: 308, cacheSeconds: 60, maxClicks: 5, forwardQuery: true })
  for (const consistent of [true, false]) {
    expect(await store.read(code, { consistent, signal })).toMatchObject({
      code,
      redirect: 308,
      cacheSeconds: 60,
      maxClicks: 5,
      passwordId: null,
      forwardQuery: true,
      hasRules: false,
      ended: null,
    })
  }
})
