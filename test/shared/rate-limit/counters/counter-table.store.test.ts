import { randomUUID } from 'node:crypto'
import { BatchGetItemCommand } from '@aws-sdk/client-dynamodb'
import fc from 'fast-check'
import type { DynamoDB } from '../../../../functions/shared/aws/dynamodb.ts'
import { createLimiter } from '../../../../functions/shared/rate-limit/limiter.ts'
import type { Check, WindowPolicy } from '../../../../functions/shared/rate-limit/policy.ts'
import { patientDynamoDB, patientTimer, setFunctionEnvironment } from '../../../support/cloud.ts'
import { clientOf } from '../../../support/fake-dynamodb.ts'
import { ownTable } from '../../../support/own-table.ts'
import { counterTable } from '../support/counter-table.ts'

// Interleavings are judged over a table in memory. That counts for something as long as it does what DynamoDB does.

setFunctionEnvironment()
const real = patientDynamoDB()
const { signal } = new AbortController()
const START = Date.UTC(2100, 0, 1)
let table: string

beforeAll(async () => {
  table = await ownTable()
})

const policies = fc.record({
  algorithm: fc.constantFrom('fixed-window' as const, 'sliding-window' as const, 'token-bucket' as const),
  limit: fc.integer({ min: 3, max: 7 }),
  windowMs: fc.constantFrom(1000, 7001),
  blockMs: fc.constantFrom(0, 0, 1500),
})
const request = fc.record({
  checks: fc.array(
    fc.record({
      policy: fc.nat(1),
      subject: fc.constantFrom('a', 'b'),
      cost: fc.integer({ min: 1, max: 4 }),
      peek: fc.constantFrom(false, false, true),
    }),
    { minLength: 1, maxLength: 2 },
  ),
  environment: fc.nat(1),
  ms: fc.constantFrom(0, 0, 143, 1000, 2500),
})

test('all decisions and items are the same over the table in memory and over the engine', async () => {
  const lists = fc.array(request, { minLength: 1, maxLength: 12 })
  const property = fc.asyncProperty(policies, policies, lists, async (first, second, requests) => {
    const run = randomUUID()
    const both: WindowPolicy[] = [first, second].map((policy, index) => ({ ...policy, name: `p${index}` }))
    const traceOver = async (dynamodb: DynamoDB) => {
      let time = START
      const options = {
        client: dynamodb,
        tableName: table,
        now: () => time,
        random: () => 0,
        startTimer: patientTimer,
        budgetMs: 1000,
      }
      const environments = [createLimiter(options), createLimiter(options)]
      const trace: unknown[] = []
      for (const { checks, environment, ms } of requests) {
        time += ms
        const asked = checks.flatMap(({ policy, subject, ...rest }): Check[] => {
          const own = both[policy]
          return own ? [{ ...rest, policy: own, subject: `${subject}-${run}` }] : []
        })
        trace.push(await environments[environment]?.(asked, signal))
      }
      for (const subject of ['a', 'b']) {
        const Key = { pk: { S: `Q#p0#${subject}-${run}` }, sk: { S: 'quota' } }
        const { Responses } = await dynamodb.send(
          new BatchGetItemCommand({ RequestItems: { [table]: { Keys: [Key] } } }),
        )
        trace.push(Responses?.[table])
      }
      return trace
    }
    expect(await traceOver(clientOf(counterTable().dynamodb))).toEqual(await traceOver(real))
  })
  await fc.assert(property, { numRuns: 60 })
})
