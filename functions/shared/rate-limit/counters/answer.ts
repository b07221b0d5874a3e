import type { Policy } from '../../resilience/policy.ts'
import type { Answer } from '../decision.ts'
import { type Counters, startBlock } from './counter.ts'
import { decideMany } from './decide-many.ts'
import { decideOne } from './decide-one.ts'
import type { Group } from './look.ts'
import type { Ruling } from './ruling.ts'
import { decideSharded } from './shards.ts'
import { decideWithoutTable, localCounts } from './without-table.ts'

export interface AnswerOptions {
  counters: Counters
  /** For the decision, and again for each block that it starts. */
  budget: Policy
  /** The table could not decide: for each policy that was asked, parents too. */
  onDegraded?: ((event: { policy: string; error: unknown }) => void) | undefined
}

/** Groups that pass together, or none does. A look charges nothing. */
export interface Question {
  readonly groups: readonly Group[]
  readonly isLook: boolean
}

/** Asks the counters within the budget, or whatever stands in for them: an answer for each group, and never an error. */
export function answering({ counters, budget, onDegraded }: AnswerOptions) {
  const local = localCounts(counters.now)
  const startBlocks = async (rulings: readonly Ruling[], signal: AbortSignal) => {
    const blocks = rulings.flatMap((ruling) => ruling.blocks)
    // The denial stands, whether or not its block is written.
    await Promise.allSettled(blocks.map((block) => budget((inner) => startBlock(counters, block, inner), signal)))
  }
  const answer = async (groups: readonly Group[], signal: AbortSignal): Promise<readonly Answer[]> => {
    if (groups.length === 0) return []
    try {
      const rulings = await budget((inner) => decide(counters, groups, inner), signal)
      await startBlocks(rulings, signal)
      return rulings.map((ruling) => ({ ruling, isDegraded: false }))
    } catch (error) {
      for (const { policy } of groups.flat()) onDegraded?.({ policy: policy.name, error })
      return decideWithoutTable(local, groups).map((ruling) => ({ ruling, isDegraded: true }))
    }
  }
  return async ({ groups, isLook }: Question, signal: AbortSignal): Promise<ReadonlyMap<Group, Answer>> => {
    const answers = await answer(isLook ? groups.map(lookOnly) : groups, signal)
    return new Map(answers.map((each, index) => [groups[index] as Group, each]))
  }
}

function lookOnly(group: Group): Group {
  return group.map((link) => ({ ...link, peek: true }))
}

async function decide(counters: Counters, groups: readonly Group[], signal: AbortSignal): Promise<readonly Ruling[]> {
  const [link, ...others] = groups.flat()
  if (!link || others.length > 0) return decideMany(counters, groups, signal)
  if (Number(link.policy.shards) > 1) return [await decideSharded(counters, link, signal)]
  return link.peek ? decideMany(counters, groups, signal) : [await decideOne(counters, link, signal)]
}
