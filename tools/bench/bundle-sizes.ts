import { globSync } from 'node:fs'
import { join } from 'node:path'
import { BUDGETS, type BundleBudget } from '../../lib/shared/bundle-budget.ts'
import { readBundle } from '../../lib/shared/function-bundles.ts'
import { table } from './document.ts'

const ROOT = join(import.meta.dirname, '../..')

/** The budgets that the stacks give their functions. */
const FUNCTIONS: Record<string, BundleBudget> = {
  'functions/identity/pre-token.handler.ts': 'no-aws',
  'functions/url-shortener/api.handler.ts': 'standard',
  'functions/url-shortener/redirect.handler.ts': 'hot-path',
}

/**
 * The size of each function's bundle beside its gate and goal.
 *
 * @throws Error when a function is missing in the list above.
 */
export function bundleSizes(): string {
  const rows = globSync('functions/*/*.handler.ts', { cwd: ROOT })
    .sort()
    .map((entry) => {
      const budget = FUNCTIONS[entry]
      if (!budget) throw new Error(`${entry} is missing in tools/bench/bundle-sizes.ts.`)
      const { kilobytes, goal } = BUDGETS[budget]
      const name = entry.replace('functions/', '').replace('.handler.ts', '')
      return [name, budget, (readBundle(entry).bytes / 1000).toFixed(0), String(goal), String(kilobytes)]
    })
  return table(['function', 'budget', 'KB', 'goal', 'gate'], rows)
}
