import { createDocuments, type ReadDocument, type WriteDocument } from '../../functions/notification/documents.ts'
import type { Document } from '../../functions/notification/domain/document.ts'
import { createSettle } from '../../functions/shared/resilience/settle.ts'
import { sleep } from '../../functions/shared/resilience/timer.ts'
import { fakeClock } from '../support/fake-clock.ts'

const { signal } = new AbortController()
const ID = { tenant: 'acme', kind: 'category', name: 'news' } as const

/** Random numbers that are the same in each run. */
function pseudoRandom(seed: number) {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return state / 2 ** 31
  }
}

/** Documents in memory: each read and each write takes `callMs`, or up to three times as long. */
function given(seed: number, callMs: number) {
  const clock = fakeClock()
  const { startTimer } = clock
  const random = pseudoRandom(seed)
  let stored: Document<unknown> | undefined
  let versions = 0
  const call = () => sleep({ ms: callMs * (1 + 2 * random()), signal, startTimer })
  const read = async () => {
    await call()
    return stored
  }
  const write: WriteDocument = async ({ before, after }) => {
    await call()
    if (before !== stored) return 'raced'
    stored = after
    return 'written'
  }
  const documents = createDocuments({
    read: read as ReadDocument,
    write,
    settle: createSettle({ random, startTimer }),
    newVersion: () => `v${++versions}`,
    now: clock.now,
  })
  return { clock, documents }
}

/** Runs a number of writers of one document at once, and returns how each ended within a function's ten seconds. */
async function outcomesOf(writers: number, seed: number, callMs: number) {
  const { clock, documents } = given(seed, callMs)
  const puts = Array.from({ length: writers }, (_, value) => documents.put({ id: ID, value, conditions: {} }, signal))
  const settled = Promise.allSettled(puts)
  await clock.advance(10_000)
  return (await settled).map((each) => (each.status === 'fulfilled' ? each.value.outcome : String(each.reason)))
}

test.each([
  { writers: 2, callMs: 5 },
  { writers: 5, callMs: 5 },
  { writers: 10, callMs: 5 },
  { writers: 20, callMs: 5 },
  { writers: 50, callMs: 50 },
])('$writers requests that write the same document at once all succeed where a call takes at least $callMs ms', async ({
  writers,
  callMs,
}) => {
  for (let seed = 1; seed <= 20; seed++) {
    const outcomes = await outcomesOf(writers, seed, callMs)
    expect(outcomes.toSorted()).toEqual([...Array.from({ length: writers - 1 }, () => 'changed'), 'created'])
  }
})
