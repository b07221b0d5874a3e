import { CONTEXT } from './invocation.ts'

// Runs in a fresh process for each sample, so that no handler is affected by what another one made V8 compile: calls
// the case's handler, or that of another file, many times. Log lines go to /dev/null. The last line on stderr is the
// fastest batch, in microseconds an invocation: the main thread's CPU time, which on an idle machine equals wall time.
// On a busy one it excludes the time of others, whose side effects (caches, a core shared by two threads) can only add
// to it.

const WARM_UP = 3000
const BATCHES = 9
/**
 * The minimum of calls, and of microseconds: Linux counts a running thread's CPU time in ticks of some milliseconds.
 */
const BATCH = 500
const BATCH_US = 50_000

const [, , caseBundle = '', otherBundle] = process.argv
const { warm } = await import(caseBundle)
const handler = otherBundle === undefined ? warm.handler : (await import(otherBundle)).handler

async function microsecondsOf(calls: number): Promise<number> {
  const start = process.threadCpuUsage()
  for (let call = 0; call < calls; call++) await handler(warm.event, CONTEXT)
  const { user, system } = process.threadCpuUsage(start)
  return (user + system) / calls
}

const first = await microsecondsOf(WARM_UP)
const calls = Math.max(BATCH, Math.ceil(BATCH_US / Math.max(first, 1)))
const answer = await handler(warm.event, CONTEXT)
if (!warm.isRight(answer)) throw new Error(`"${warm.title}" answered ${JSON.stringify(answer)}.`)
const batches: number[] = []
for (let batch = 0; batch < BATCHES; batch++) batches.push(await microsecondsOf(calls))
process.stderr.write(`\n${JSON.stringify(Math.min(...batches))}\n`, () => process.exit())
