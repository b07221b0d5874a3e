import { randomBytes, randomUUID } from 'node:crypto'
import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import type { SignedDecision } from '../../../../functions/shared/rate-limit/refunds/decision-id.ts'
import { createRefund, type Refund } from '../../../../functions/shared/rate-limit/refunds/refund.ts'
import { patientDynamoDB, patientTimer, setFunctionEnvironment } from '../../../support/cloud.ts'
import { ownTable } from '../../../support/own-table.ts'

setFunctionEnvironment()
let table: string
const { signal } = new AbortController()
const newClient = () => patientDynamoDB()
const dynamodb = newClient()

const counter = () => ({ pk: `Q#writes#${randomUUID()}`, sk: 'quota' })
type Counter = ReturnType<typeof counter>
const keyOf = ({ pk, sk }: Counter) => ({ pk: { S: pk }, sk: { S: sk } })
const chargeOf = (key: Counter) => ({ ...key, attribute: 'm_1', cost: 3, until: Date.now() + 60_000 })

/** Belong to five environments, each with its own connections. */
let refunds: Refund[]

beforeAll(async () => {
  table = await ownTable()
  const options = { tableName: table, now: Date.now, randomBytes, random: Math.random, startTimer: patientTimer }
  refunds = Array.from({ length: 5 }, () => createRefund({ client: newClient(), ...options }))
})

async function count(key: Counter, used: number): Promise<void> {
  await dynamodb.send(
    new UpdateItemCommand({
      TableName: table,
      Key: keyOf(key),
      UpdateExpression: 'ADD m_1 :used',
      ExpressionAttributeValues: { ':used': { N: String(used) } },
    }),
  )
}
async function usedOf(key: Counter): Promise<number> {
  const { Item } = await dynamodb.send(new GetItemCommand({ TableName: table, Key: keyOf(key), ConsistentRead: true }))
  return Number(Item?.m_1?.N)
}

const refundWith = (index: number, decision: SignedDecision) => refunds[index % refunds.length]?.(decision, signal)

test('of 20 refunds of one decision at once exactly one gives it back, while others are charged', async () => {
  const key = counter()
  await count(key, 10)
  const decision = { nonce: randomUUID(), charges: [chargeOf(key)] }
  const charging = Promise.all(Array.from({ length: 20 }, () => count(key, 1)))
  const refunded = await Promise.all(Array.from({ length: 20 }, (_, index) => refundWith(index, decision)))
  await charging
  expect(refunded.sort()).toEqual([...Array(19).fill(0), 3])
  expect(await usedOf(key)).toBe(27)
})

test('20 decisions are refunded at once, each for itself', async () => {
  const [key, parent] = [counter(), counter()]
  await count(key, 100)
  await count(parent, 100)
  const decisions = Array.from({ length: 20 }, () => ({
    nonce: randomUUID(),
    charges: [chargeOf(key), chargeOf(parent)],
  }))
  const refunded = await Promise.all(decisions.map((decision, index) => refundWith(index, decision)))
  expect(refunded).toEqual(Array(20).fill(3))
  expect([await usedOf(key), await usedOf(parent)]).toEqual([40, 40])
})

test('a time of 25 digits is moved back to the digit', async () => {
  const key = counter()
  const add = (digits: string) =>
    dynamodb.send(
      new UpdateItemCommand({
        TableName: table,
        Key: keyOf(key),
        UpdateExpression: 'ADD m_1 :digits',
        ExpressionAttributeValues: { ':digits': { N: digits } },
      }),
    )
  await add('1790000000000000000000001')
  await add('600000000000003')
  const charge = { ...chargeOf(key), amount: '600000000000003' }
  expect(await refundWith(0, { nonce: randomUUID(), charges: [charge] })).toBe(3)
  const { Item } = await dynamodb.send(new GetItemCommand({ TableName: table, Key: keyOf(key), ConsistentRead: true }))
  expect(Item?.m_1).toEqual({ N: '1790000000000000000000001' })
})

test('a counter that was reset is left alone, and its parent is not', async () => {
  const [key, parent] = [counter(), counter()]
  await count(parent, 100)
  const decision = { nonce: randomUUID(), charges: [chargeOf(key), chargeOf(parent)] }
  expect(await refundWith(0, decision)).toBe(3)
  expect([await usedOf(key), await usedOf(parent)]).toEqual([Number.NaN, 97])
  expect(await refundWith(1, decision)).toBe(0)
})
