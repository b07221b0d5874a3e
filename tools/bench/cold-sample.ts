import { CONTEXT } from './invocation.ts'

// Runs in a fresh process for each sample: imports a function, calls it once, then some more. The last line on stderr
// is a `ColdSample`. CPU is the whole process's, from its start, because a cold start waits for all of it.

/** All in milliseconds; `warmCpu` is for one call. */
export interface ColdSample {
  /** CPU of all threads: the main one, and those that collect garbage and read the root certificates. */
  coldCpu: number
  /** CPU of the main thread alone. */
  coldMainCpu: number
  initWall: number
  firstWall: number
  warmCpu: number
}

const WARM_CALLS = 200
const toMs = ({ user, system }: NodeJS.CpuUsage) => (user + system) / 1000
const cpuMs = () => toMs(process.cpuUsage())

const [, , bundle = '', json = 'null'] = process.argv
const event: unknown = JSON.parse(json)
const { handler } = await import(bundle)
const loaded = performance.now()
const answer = await handler(event, CONTEXT)
const called = performance.now()
const coldCpu = cpuMs()
const coldMainCpu = toMs(process.threadCpuUsage())
if (answer?.statusCode >= 400) throw new Error(`The function answered ${answer.statusCode}.`)
for (let call = 0; call < WARM_CALLS; call++) await handler(event, CONTEXT)
const sample: ColdSample = {
  coldCpu,
  coldMainCpu,
  initWall: loaded,
  firstWall: called - loaded,
  warmCpu: (cpuMs() - coldCpu) / WARM_CALLS,
}
process.stderr.write(`\n${JSON.stringify(sample)}\n`, () => process.exit())
