import type { UpdateItemInput } from '@aws-sdk/client-dynamodb'
import fc from 'fast-check'
import { createSlotStore } from '../../../../functions/shared/rate-limit/slots/slot-store.ts'
import { clientOf, type DynamoDBCall } from '../../../support/fake-dynamodb.ts'
import { type Fate, unreliableClient } from '../../data/idempotency/unreliable-client.ts'
import { memoryTable } from '../support/memory-table.ts'

// The real store over DynamoDB's semantics in memory and a bad network. A holder believes what it was last told, until
// that time has come; an oracle counts those who believe.

Error.stackTraceLimit = 0
const TIMEOUT_MS = 120_000
const PK = 'Q#jobs#org:7'
const TTL_MS = 1000
const { signal } = new AbortController()

interface Scenario {
  limit: number
  /** The steps of each holder, in order. */
  actors: ('acquire' | 'heartbeat' | 'release' | 'wait')[][]
  fates: Fate[]
  ticks: number[]
}

const step = fc.constantFrom('heartbeat', 'heartbeat', 'release', 'wait', 'acquire') as fc.Arbitrary<'heartbeat'>
const scenarios: fc.Arbitrary<Scenario> = fc.record({
  limit: fc.integer({ min: 1, max: 3 }),
  actors: fc.array(
    fc.array(step, { maxLength: 5 }).map((steps) => ['acquire' as const, ...steps]),
    { minLength: 2, maxLength: 6 },
  ),
  fates: fc.array(fc.constantFrom<Fate>('works', 'works', 'works', 'is lost', 'loses its answer', 'comes late'), {
    maxLength: 30,
  }),
  ticks: fc.array(fc.constantFrom(1, 300, 400, 700, 1000), { maxLength: 12 }),
})

type Flaw = (dynamodb: DynamoDBCall) => DynamoDBCall

interface Seen {
  /** The most who believed to hold a slot at once. */
  most: number
  entries: number
  /** True if somebody new gets a slot once all others have expired. */
  ends: boolean
  acquired: number
  lost: number
}

async function simulate(scheduler: fc.Scheduler, { limit, actors, fates, ticks }: Scenario, flaw: Flaw): Promise<Seen> {
  let time = 1_000_000
  const now = () => time
  const table = memoryTable()
  const left = [...fates]
  const dynamodb = unreliableClient({
    dynamodb: flaw(table.dynamodb),
    scheduler,
    nextFate: () => left.shift() ?? 'works',
    isDead: () => false,
    isOutdated: () => false,
    onFault() {},
  })
  const store = createSlotStore({ client: clientOf(dynamodb), tableName: 'limits', now })
  const beliefs = new Map<string, number>()
  const seen: Seen = { most: 0, entries: 0, ends: false, acquired: 0, lost: 0 }
  const look = () => {
    seen.most = Math.max(seen.most, [...beliefs.values()].filter((expiresAt) => expiresAt > time).length)
    seen.entries = Math.max(seen.entries, Object.keys(table.item(PK, 'slots')?.holders?.M ?? {}).length)
  }

  const act = async (name: string, steps: Scenario['actors'][number]) => {
    let releases = 0
    for (const step of steps) {
      // An id is used no more once it was released: that may arrive late, too.
      const slotId = `${name}-${releases}`
      const slot = { pk: PK, slotId, ttlMs: TTL_MS }
      const isHolding = (beliefs.get(slotId) ?? 0) > time
      if (step === 'wait') await scheduler.schedule(Promise.resolve(), 'waits')
      if (step === 'acquire') {
        const answer = await store.acquire({ ...slot, limit }, signal).catch(() => undefined)
        if (answer?.outcome === 'acquired') beliefs.set(slotId, answer.expiresAt)
        if (answer?.outcome === 'acquired') seen.acquired += 1
      } else if (step === 'heartbeat' && isHolding) {
        const answer = await store.extend(slot, signal).catch(() => 'unknown' as const)
        if (answer === undefined) beliefs.delete(slotId)
        else if (answer !== 'unknown') beliefs.set(slotId, answer)
        if (answer === undefined) seen.lost += 1
      } else if (step === 'release') {
        releases += 1
        beliefs.delete(slotId)
        await store.release(slot, signal).catch(() => undefined)
      }
      look()
    }
  }
  const pass = async () => {
    for (const ms of ticks) {
      await scheduler.schedule(Promise.resolve(), 'time passes')
      time += ms
      look()
    }
  }
  const all = Promise.all([pass(), ...actors.map((steps, index) => act(`holder-${index}`, steps))])
  await scheduler.waitFor(all)

  time += TTL_MS
  const fresh = createSlotStore({ client: clientOf(table.dynamodb), tableName: 'limits', now })
  const { outcome } = await fresh.acquire({ pk: PK, slotId: 'new', ttlMs: TTL_MS, limit }, signal)
  return { ...seen, ends: outcome === 'acquired' }
}

async function assertRules(numRuns: number, flaw: Flaw, onSeen: (seen: Seen) => void = () => {}): Promise<void> {
  const property = fc.asyncProperty(fc.scheduler(), scenarios, async (scheduler, scenario) => {
    const seen = await simulate(scheduler, scenario, flaw)
    onSeen(seen)
    if (seen.most > scenario.limit) throw new Error(`${seen.most} hold ${scenario.limit} slots`)
    if (seen.entries > scenario.limit) throw new Error(`${seen.entries} entries for ${scenario.limit} slots`)
    if (!seen.ends) throw new Error('A lost holder holds its slot for ever')
  })
  await fc.assert(property, { numRuns })
}

test(
  'whatever is lost, late, doubled or dies: never more than the limit hold a slot, and who is lost frees its own',
  async () => {
    const totals = { full: 0, lost: 0 }
    await assertRules(
      3000,
      (dynamodb) => dynamodb,
      ({ entries, most, lost }) => {
        if (most > 1 && entries > 1) totals.full += 1
        totals.lost += lost
      },
    )
    expect(totals.full).toBeGreaterThan(50)
    expect(totals.lost).toBeGreaterThan(15)
  },
  TIMEOUT_MS,
)

/** A store some of whose conditions hold whatever is there. */
const without =
  (isGone: (term: string) => boolean): Flaw =>
  (dynamodb) =>
    (async (operation: 'UpdateItem', input: UpdateItemInput) => {
      const terms = input.ConditionExpression?.split(' AND ') ?? []
      const ConditionExpression = terms.map((term) => (isGone(term) ? 'attribute_exists(holders)' : term)).join(' AND ')
      const used = `${ConditionExpression} ${input.UpdateExpression}`
      const values = Object.entries(input.ExpressionAttributeValues ?? {}).filter(([name]) => used.includes(name))
      return dynamodb(operation, {
        ...input,
        ConditionExpression,
        ExpressionAttributeValues: Object.fromEntries(values),
      })
    }) as DynamoDBCall

test.each([
  ['does not count', without((term) => term.startsWith('size'))],
  ['removes who went on', without((term) => term.startsWith('holders.#e'))],
  ['prolongs what is lost', without((term) => term.startsWith('holders.#own'))],
])(
  'the rules see a store that %s',
  async (_, flaw) => {
    await expect(assertRules(1000, flaw)).rejects.toThrow('Property failed')
  },
  TIMEOUT_MS,
)
