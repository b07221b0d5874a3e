import { ALGORITHMS, deletePolicy, limits, putPolicy, required } from './limits.ts'
import { dueIn, STEP_MS } from './pace.ts'
import type { Decision } from './plot-decisions.ts'

export interface Load {
  limit: number
  windowMs: number
  /** Checks a second of each algorithm. */
  perSecond: number
  mode: string
  /** The time for which a denial blocks the subject; 0 for no longer than the algorithm says. */
  blockMs: number
  totalMs: number
}

export type Run = Readonly<Record<string, readonly Decision[]>>

/**
 * Sends the same load to a policy of each algorithm, and passes on the decisions as they come. Each run has policies of
 * its own: an environment remembers a policy for seconds, and would decide by the one of the run before.
 */
export async function runLoad(load: Load, onRun: (run: Run) => void, signal: AbortSignal): Promise<void> {
  const unique = Date.now().toString(36)
  const nameOf = (algorithm: string) => `run-${unique}-${algorithm}`
  const { limit, windowMs, mode, blockMs } = load
  const fields = { limit, windowMs, mode, ...(blockMs > 0 && { blockMs }) }
  await Promise.all(ALGORITHMS.map((algorithm) => putPolicy(nameOf(algorithm), { algorithm, ...fields })))
  try {
    // The first check of a policy reads it, and may start an environment.
    await Promise.all(ALGORITHMS.map((algorithm) => check({ policy: nameOf(algorithm), subject: 'first' }, 1)))
    await sendAll({ load, nameOf, onRun, signal })
  } finally {
    await Promise.all(ALGORITHMS.map((algorithm) => deletePolicy(nameOf(algorithm))))
  }
}

interface Sending {
  load: Load
  nameOf: (algorithm: string) => string
  onRun: (run: Run) => void
  signal: AbortSignal
}

/** Sends a burst in every step; one that takes longer than a step delays the next, and is not made up for. */
async function sendAll({ load, nameOf, onRun, signal }: Sending): Promise<void> {
  const start = performance.now()
  const since = () => performance.now() - start
  let run: Run = Object.fromEntries(ALGORITHMS.map((algorithm) => [algorithm, []]))
  for (let step = 0; since() < load.totalMs && !signal.aborted; step++) {
    const at = since()
    const times = dueIn(step, load.perSecond)
    const decided = await Promise.all(
      ALGORITHMS.map((algorithm) => check({ policy: nameOf(algorithm), subject: 'user:1' }, times)),
    )
    run = Object.fromEntries(
      ALGORITHMS.map((algorithm, index) => {
        const more = (decided[index] ?? []).map((decision) => ({ ...decision, at: at + decision.at }))
        return [algorithm, [...(run[algorithm] ?? []), ...more]]
      }),
    )
    onRun(run)
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, at + STEP_MS - since())))
  }
}

/** Asks several times at once; the time of each decision is that of its answer, from now. */
async function check(wanted: { policy: string; subject: string }, times: number): Promise<Decision[]> {
  const call = { method: 'POST', path: '/v1/check', body: { checks: [wanted] } }
  const calls = Array.from({ length: times }, (_, index) => ({ ...call, isListed: index === 0 }))
  const answers = times > 0 ? await limits.burst(calls) : []
  return Promise.all(
    answers.map(async (answer) => {
      const [decision] = (await required(Promise.resolve(answer))).json.decisions
      return { at: answer.ms, allowed: decision.allowed, wouldDeny: decision.wouldDeny ?? false }
    }),
  )
}
