import fc from 'fast-check'
import { createRefund } from '../../../../functions/shared/rate-limit/refunds/refund.ts'
import { clientOf, type DynamoDBCall } from '../../../support/fake-dynamodb.ts'
import { type Fate, unreliableClient } from '../../data/idempotency/unreliable-client.ts'
import { memoryTable } from '../support/memory-table.ts'

// The real refund over DynamoDB's semantics in memory and a bad network.

Error.stackTraceLimit = 0
const TIMEOUT_MS = 120_000
const COST = 2
const CHARGED = 100
const COUNTER = { pk: { S: 'Q#writes#org:7' }, sk: { S: 'quota' } }
const { signal } = new AbortController()

interface Scenario {
  /** For each call, which of the decisions it is about. */
  calls: number[]
  fates: Fate[]
}
const scenarios: fc.Arbitrary<Scenario> = fc.record({
  calls: fc.array(fc.nat(1), { minLength: 1, maxLength: 5 }),
  fates: fc.array(fc.constantFrom<Fate>('works', 'is lost', 'loses its answer', 'comes late'), { maxLength: 12 }),
})

type Flaw = (dynamodb: DynamoDBCall) => DynamoDBCall

async function brokenRule(scheduler: fc.Scheduler, { calls, fates }: Scenario, flaw: Flaw) {
  const table = memoryTable()
  const used = () => Number(table.item(COUNTER.pk.S, COUNTER.sk.S)?.m_1?.N)
  await table.dynamodb('UpdateItem', {
    TableName: 'limits',
    Key: COUNTER,
    UpdateExpression: 'ADD m_1 :all',
    ExpressionAttributeValues: { ':all': { N: String(CHARGED) } },
  })
  const left = [...fates]
  const dynamodb = unreliableClient({
    dynamodb: flaw(table.dynamodb),
    scheduler,
    nextFate: () => left.shift() ?? 'works',
    isDead: () => false,
    isOutdated: () => false,
    onFault() {},
  })
  let attempts = 0
  const refundOver = (client: DynamoDBCall) =>
    createRefund({
      client: clientOf(client),
      tableName: 'limits',
      now: () => 0,
      randomBytes: () => Buffer.from(`attempt-${attempts++}`),
      random: () => 0,
      startTimer: () => () => {},
    })
  const decision = (index: number) => ({
    nonce: `decision-${index}`,
    charges: [{ pk: COUNTER.pk.S, sk: COUNTER.sk.S, attribute: 'm_1', cost: COST, until: 1000 }],
  })
  const answers: { index: number; refunded: number | 'unknown' }[] = []
  const call = async (index: number) => {
    const refunded = await refundOver(dynamodb)(decision(index), signal).catch(() => 'unknown' as const)
    answers.push({ index, refunded })
  }
  await scheduler.waitFor(Promise.all(calls.map(call)))

  for (const index of new Set(calls)) await refundOver(table.dynamodb)(decision(index), signal)
  if (used() !== CHARGED - COST * new Set(calls).size) return `the counter is ${used()}`
  for (const index of new Set(calls)) {
    const own = answers.filter((answer) => answer.index === index).map(({ refunded }) => refunded)
    const sum = own.reduce<number>((total, refunded) => total + (refunded === 'unknown' ? 0 : refunded), 0)
    if (sum > COST) return 'two were told that they got it back'
    if (sum === 0 && !own.includes('unknown')) return 'nobody was told that they got it back'
  }
  return undefined
}

async function assertRules(numRuns: number, flaw: Flaw): Promise<void> {
  const property = fc.asyncProperty(fc.scheduler(), scenarios, async (scheduler, scenario) => {
    const broken = await brokenRule(scheduler, scenario, flaw)
    if (broken) throw new Error(broken)
  })
  await fc.assert(property, { numRuns })
}

test(
  'whatever is lost, late or doubled: a decision is refunded exactly once, and whoever did it knows',
  () => assertRules(2000, (dynamodb) => dynamodb),
  TIMEOUT_MS,
)

type Transaction = { TransactItems: [{ Put: Record<string, unknown> }, ...object[]] }

/** A table that changes each record before it is written. */
const records =
  (change: (put: Record<string, unknown>) => object): Flaw =>
  (dynamodb) =>
    (async (operation: 'TransactWriteItems', { TransactItems: [record, ...counters] }: Transaction) =>
      dynamodb(operation, {
        TransactItems: [{ Put: change(record.Put) }, ...counters],
      } as Parameters<DynamoDBCall>[1] as never)) as unknown as DynamoDBCall

test.each([
  ['overwrites the record', records(({ ConditionExpression: _, ...put }) => put)],
  [
    'does not know its own record',
    records((put) => ({ ...put, Item: { ...(put.Item as object), attemptId: { S: '?' } } })),
  ],
])(
  'the rules see a refund that %s',
  async (_, flaw) => {
    await expect(assertRules(2000, flaw)).rejects.toThrow('Property failed')
  },
  TIMEOUT_MS,
)
