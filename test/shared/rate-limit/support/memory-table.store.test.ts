import { randomBytes, randomUUID } from 'node:crypto'
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import fc from 'fast-check'
import type { DynamoDB } from '../../../../functions/shared/aws/dynamodb.ts'
import { createLimiter } from '../../../../functions/shared/rate-limit/limiter.ts'
import type { WindowPolicy } from '../../../../functions/shared/rate-limit/policy.ts'
import { createRefund } from '../../../../functions/shared/rate-limit/refunds/refund.ts'
import { createSlotStore } from '../../../../functions/shared/rate-limit/slots/slot-store.ts'
import { patientDynamoDB, patientTimer, setFunctionEnvironment } from '../../../support/cloud.ts'
import { clientOf } from '../../../support/fake-dynamodb.ts'
import { ownTable } from '../../../support/own-table.ts'
import { memoryTable } from './memory-table.ts'

// Races are judged over a table in memory. That counts for something as long as it does what DynamoDB does.

setFunctionEnvironment()
const real = patientDynamoDB()
const { signal } = new AbortController()
let table: string

beforeAll(async () => {
  table = await ownTable()
})

const commands = fc.array(
  fc.record({
    name: fc.constantFrom('acquire', 'acquire', 'extend', 'release'),
    slotId: fc.constantFrom('a', 'b', 'c', 'd'),
    limit: fc.integer({ min: 0, max: 3 }),
    ttlMs: fc.constantFrom(1000, 2000),
    ms: fc.constantFrom(0, 500, 1500),
  }),
  { minLength: 1, maxLength: 10 },
)

test('slots are the same over the table in memory and over the engine', async () => {
  const property = fc.asyncProperty(commands, async (list) => {
    const pk = `Q#jobs#${randomUUID()}`
    const answersOver = async (dynamodb: DynamoDB) => {
      let time = Date.UTC(2100, 0, 1)
      const store = createSlotStore({ client: dynamodb, tableName: table, now: () => time })
      const answers: unknown[] = []
      for (const { name, slotId, limit, ttlMs, ms } of list) {
        time += ms
        if (name === 'acquire') answers.push(await store.acquire({ pk, slotId, limit, ttlMs }, signal))
        else if (name === 'extend') answers.push(await store.extend({ pk, slotId, ttlMs }, signal))
        else await store.release({ pk, slotId }, signal)
      }
      return answers
    }
    expect(await answersOver(clientOf(memoryTable().dynamodb))).toEqual(await answersOver(real))
  })
  await fc.assert(property, { numRuns: 60 })
})

const refunds = fc.record({
  used: fc.nat(6),
  decisions: fc.array(fc.record({ nonce: fc.nat(2), names: fc.subarray(['a', 'b']) }), { minLength: 1, maxLength: 6 }),
})

test('refunds are the same over the table in memory and over the engine', async () => {
  const property = fc.asyncProperty(refunds, async ({ used, decisions }) => {
    const run = randomUUID()
    const answersOver = async (dynamodb: DynamoDB) => {
      const options = { tableName: table, now: () => 0, randomBytes, random: Math.random, startTimer: patientTimer }
      const refund = createRefund({ client: dynamodb, ...options })
      await dynamodb.send(
        new UpdateItemCommand({
          TableName: table,
          Key: { pk: { S: `Q#${run}#a` }, sk: { S: 'quota' } },
          UpdateExpression: 'ADD m_1 :used',
          ExpressionAttributeValues: { ':used': { N: String(used) } },
        }),
      )
      const answers: unknown[] = []
      for (const { nonce, names } of decisions) {
        const charge = { sk: 'quota', attribute: 'm_1', cost: 2, until: 1000 }
        const charges = names.map((name) => ({ ...charge, pk: `Q#${run}#${name}` }))
        answers.push(await refund({ nonce: `${run}-${nonce}`, charges }, signal))
      }
      return answers
    }
    expect(await answersOver(clientOf(memoryTable().dynamodb))).toEqual(await answersOver(real))
  })
  await fc.assert(property, { numRuns: 60 })
})

const bucketSteps = fc.array(
  fc.record({
    costs: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 2 }),
    isRefunded: fc.boolean(),
    ms: fc.constantFrom(0, 143, 1000),
  }),
  { minLength: 1, maxLength: 8 },
)

test('charges of a bucket and their refunds are the same over the table in memory and over the engine', async () => {
  const policy: WindowPolicy = { name: 'bucket', algorithm: 'token-bucket', limit: 7, windowMs: 10_000 }
  const property = fc.asyncProperty(bucketSteps, async (list) => {
    const run = randomUUID()
    const answersOver = async (dynamodb: DynamoDB) => {
      let time = Date.UTC(2100, 0, 1)
      const options = { client: dynamodb, tableName: table, now: () => time, random: () => 0, startTimer: patientTimer }
      const limit = createLimiter({ ...options, budgetMs: 1000 })
      const refund = createRefund({ ...options, randomBytes })
      const answers: unknown[] = []
      for (const [index, { costs, isRefunded, ms }] of list.entries()) {
        const decided = await limit(
          costs.map((cost) => ({ policy, subject: run, cost })),
          signal,
        )
        answers.push(decided)
        time += ms
        const charges = decided.decisions[0]?.charges ?? []
        if (isRefunded) answers.push(await refund({ nonce: `${run}-${index}`, charges }, signal))
      }
      return answers
    }
    expect(await answersOver(clientOf(memoryTable().dynamodb))).toEqual(await answersOver(real))
  })
  await fc.assert(property, { numRuns: 40 })
})
