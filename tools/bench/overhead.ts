import { join } from 'node:path'
import type { BundleBudget } from '../../lib/shared/bundle-budget.ts'
import { table } from '../support/document.ts'
import { bundleFiles, bundleOf } from './build.ts'
import { BENCH, type Found, type WarmCase, warmCases } from './cases.ts'
import { LAMBDA } from './invocation.ts'
import { median, runFresh, sampleInTurns } from './measure.ts'

/** Limits on the time that our own code may add to a warm invocation of each kind of function, in microseconds. */
export const OVERHEAD: Record<BundleBudget, { gate: number; goal: number }> = {
  'no-aws': { gate: 60, goal: 40 },
  'hot-path': { gate: 140, goal: 90 },
  standard: { gate: 190, goal: 120 },
  files: { gate: 190, goal: 120 },
}

const ROUNDS = 9

/** The result of a case, in microseconds an invocation. */
export interface Overhead {
  title: string
  budget: BundleBudget
  own: number
  /** The time of the conventional handler for the same event, in the same run. */
  usual?: number
}

/** Measures all cases in rotation, in fresh processes, and returns the medians. */
export async function measureOverheads(directory: string): Promise<Overhead[]> {
  const cases = await warmCases()
  const { sampler, own, usual } = await bundleCases(cases, directory)
  const subjects = cases.flatMap((found) => {
    const bundle = bundleOf(own, found.file)
    const other = usualFile(found)
    return [
      { found, kind: 'own', args: [sampler, bundle] },
      ...(other ? [{ found, kind: 'usual', args: [sampler, bundle, bundleOf(usual, other)] }] : []),
    ]
  })
  const taken = await sampleInTurns(subjects, ROUNDS, ({ args }) => runFresh<number>(args, LAMBDA))
  const medianOf = (found: Found<WarmCase>, kind: string) =>
    taken
      .filter(({ subject }) => subject.found === found && subject.kind === kind)
      .map(({ samples }) => median(samples))
  return cases.map((found) => {
    const { title, budget } = found.case
    const [own = Number.NaN] = medianOf(found, 'own')
    const [usual] = medianOf(found, 'usual')
    return { title, budget, own, ...(usual !== undefined && { usual }) }
  })
}

async function bundleCases(cases: Found<WarmCase>[], directory: string) {
  const sampler = join(BENCH, 'warm-sample.ts')
  const others = cases.flatMap((found) => usualFile(found) ?? [])
  return {
    sampler: bundleOf(await bundleFiles('minified', [sampler], directory), sampler),
    own: await bundleFiles(
      'as ours',
      cases.map(({ file }) => file),
      directory,
    ),
    usual: await bundleFiles('as usual', others, directory),
  }
}

function usualFile({ folder, case: { usual } }: Found<WarmCase>): string | undefined {
  return usual === undefined ? undefined : join(folder, usual)
}

/** Compares an overhead with the limits of its kind. */
export function judge({ budget, own }: Overhead): 'goal' | 'gate' | 'over' {
  const { gate, goal } = OVERHEAD[budget]
  // NaN meets neither limit.
  if (own <= goal) return 'goal'
  return own <= gate ? 'gate' : 'over'
}

const VERDICTS = { goal: 'goal', gate: 'gate, not goal', over: '**over the gate**' }

export function overheadTable(overheads: Overhead[]): string {
  const microseconds = (value: number) => value.toFixed(value < 10 ? 1 : 0)
  const rows = overheads.map((overhead) => {
    const { title, budget, own, usual } = overhead
    const { gate, goal } = OVERHEAD[budget]
    const compared = usual === undefined ? ['', ''] : [microseconds(usual), `${(own / usual).toFixed(2)} x`]
    return [title, microseconds(own), String(goal), String(gate), VERDICTS[judge(overhead)], ...compared]
  })
  return table(['invocation', 'own code, us', 'goal', 'gate', 'keeps', 'the usual way, us', 'own / usual'], rows)
}
