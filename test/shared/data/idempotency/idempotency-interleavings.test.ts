import fc from 'fast-check'
import { FLAWS } from './flaws.ts'
import { countHappenings } from './happenings.ts'
import type { History } from './history.ts'
import { brokenRules } from './rules.ts'
import { scenarios } from './scenarios.ts'
import { type Flaw, simulate } from './simulate.ts'

// `Idempotency-Key` as the HTTP handler has it, over the real store and DynamoDB's semantics in memory (fake-table.ts).
// A history of one run is recorded and judged.

/** Thousands of interleavings take their time on a busy machine, and more under mutation. */
const TIMEOUT_MS = 120_000

// The stacks of the errors that belong to a history would take most of the time.
Error.stackTraceLimit = 0

/** Runs thousands of histories on a store and judges each. */
async function assertRules(numRuns: number, flaw: Flaw, judge: (history: History) => string[]): Promise<void> {
  const property = fc.asyncProperty(fc.scheduler(), scenarios, async (scheduler, scenario) => {
    const broken = judge(await simulate(scheduler, scenario, flaw))
    if (broken.length > 0) throw new Error(`Broken: ${broken.join(', ')}`)
  })
  await fc.assert(property, { numRuns })
}

test(
  'whatever fails, dies, overlaps or comes late: one operation, one effect, one answer, and an end',
  async () => {
    const { counts, add } = countHappenings()
    const judge = (history: History) => {
      add(history)
      return brokenRules(history)
    }
    await assertRules(2000, (store) => store, judge)
    const rare = Object.entries(counts).filter(([, count]) => count < 25)
    expect(rare).toEqual([])
  },
  TIMEOUT_MS,
)

test.each(FLAWS)(
  'the rules see a store that %s',
  async (_, flaw, rule) => {
    const seen = assertRules(2000, flaw, (history) => brokenRules(history).filter((name) => name === rule))
    await expect(seen).rejects.toThrow('Property failed')
  },
  TIMEOUT_MS,
)
