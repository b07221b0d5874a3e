import type { Policy } from '../../resilience/policy.ts'
import { type Counters, startBlock } from './counter.ts'
import { decideMany } from './decide-many.ts'
import { decideOne } from './decide-one.ts'
import { decideWithoutTable, localCounts } from './outage.ts'
import { decideSharded } from './shards.ts'
import type { CompoundCheck } from './summed-checks.ts'
import type { CounterVerdict } from './verdict.ts'

export interface DecideOptions {
  counters: Counters
  /** The time for the decision, and again for each block that it starts. */
  budget: Policy
  /** Hears that the table could not decide, once for each policy of the checks, parents too. */
  onDegraded?: ((event: { policy: string; error: unknown }) => void) | undefined
}

/** Checks that pass together, or none does. With `isPeek` nothing is charged. */
export interface DecideInput {
  readonly checks: readonly CompoundCheck[]
  readonly isPeek: boolean
}

/** Decides checks within the budget; when the table can't, the policies' `onError` does. Never rejects. */
export type Decide = (input: DecideInput, signal: AbortSignal) => Promise<ReadonlyMap<CompoundCheck, CounterVerdict>>

export function createDecide({ counters, budget, onDegraded }: DecideOptions): Decide {
  const local = localCounts(counters.now)
  const startBlocks = async (verdicts: readonly CounterVerdict[], signal: AbortSignal) => {
    const blocks = verdicts.flatMap((verdict) => verdict.blocks)
    // The denial stands, whether or not its block is written.
    await Promise.allSettled(blocks.map((block) => budget((inner) => startBlock(counters, block, inner), signal)))
  }
  const decide = async (checks: readonly CompoundCheck[], signal: AbortSignal): Promise<readonly CounterVerdict[]> => {
    if (checks.length === 0) return []
    try {
      const verdicts = await budget((inner) => decideAtTable(counters, checks, inner), signal)
      await startBlocks(verdicts, signal)
      return verdicts
    } catch (error) {
      for (const { policy } of checks.flat()) onDegraded?.({ policy: policy.name, error })
      return decideWithoutTable(local, checks)
    }
  }
  return async ({ checks, isPeek }, signal) => {
    const verdicts = await decide(isPeek ? checks.map(toPeek) : checks, signal)
    return new Map(verdicts.map((verdict, index) => [checks[index] as CompoundCheck, verdict]))
  }
}

function toPeek(check: CompoundCheck): CompoundCheck {
  return check.map((part) => ({ ...part, peek: true }))
}

async function decideAtTable(
  counters: Counters,
  checks: readonly CompoundCheck[],
  signal: AbortSignal,
): Promise<readonly CounterVerdict[]> {
  const [check, ...others] = checks.flat()
  if (!check || others.length > 0) return decideMany(counters, checks, signal)
  if (Number(check.policy.shards) > 1) return [await decideSharded(counters, check, signal)]
  return check.peek ? decideMany(counters, checks, signal) : [await decideOne(counters, check, signal)]
}
