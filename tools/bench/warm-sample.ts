import { CONTEXT } from './invocation.ts'

// A fresh process for each sample, so that no handler profits or suffers from what another one made V8 compile: calls
// the case's handler, or the one of another file, many times. Log lines go to /dev/null. Its last line on stderr is
// the quickest of batches, in microseconds an invocation: the main thread's CPU time, which on an idle machine is what
// the clock says. On a busy one it leaves out the time of others, and what they cost besides (caches, a core shared by
// two threads) only adds to it.

const WARM_UP = 3000
const BATCHES = 9
/** Calls at least, and microseconds: Linux counts a running thread's CPU time in ticks of some milliseconds. */
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
