import { globSync } from 'node:fs'
import { join } from 'node:path'
import { BUDGETS, type BundleBudget } from '../../lib/shared/bundle-budget.ts'
import { type FunctionBundle, readBundle } from '../../lib/shared/function-bundles.ts'
import { table } from '../support/document.ts'
import { titleOf } from './cold-start.ts'

const ROOT = join(import.meta.dirname, '../..')

/** A handler's path from the project's root, and its bundle. */
export interface BundledFunction {
  entry: string
  bundle: FunctionBundle
}

/** Every function of every system, by path. */
export function bundledFunctions(): BundledFunction[] {
  const entries = globSync('functions/*/*.handler.ts', { cwd: ROOT }).sort()
  return entries.map((entry) => ({ entry, bundle: readBundle(entry) }))
}

/** Compares the size of each function's bundle with its goal and gate; a function that is in no stack has neither. */
export function bundleSizes(functions: BundledFunction[], budgets: ReadonlyMap<string, BundleBudget>): string {
  const rows = functions.map(({ entry, bundle }) => {
    const kilobytes = (bundle.bytes / 1000).toFixed(0)
    const budget = budgets.get(entry)
    if (!budget) return [titleOf(entry), 'in no stack by default', kilobytes, '', '']
    const { goal, kilobytes: gate } = BUDGETS[budget]
    return [titleOf(entry), budget, kilobytes, String(goal), String(gate)]
  })
  return table(['function', 'budget', 'KB', 'goal', 'gate'], rows)
}
