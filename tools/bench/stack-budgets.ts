import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { IConstruct } from 'constructs'
import { createApp } from '../../bin/app.ts'
import type { BundleBudget } from '../../lib/shared/bundle-budget.ts'
import { ServiceFunction } from '../../lib/shared/service-function.ts'

const ROOT = join(import.meta.dirname, '../..')

/**
 * The budgets that the stacks assign to their functions, by the handler's path; the functions must be bundled already.
 */
export function stackBudgets(): Map<string, BundleBudget> {
  const { context } = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8'))
  const outdir = mkdtempSync(join(tmpdir(), 'stackyard-bench-app-'))
  try {
    return budgetsIn(createApp({ context, outdir, autoSynth: false, analyticsReporting: false }))
  } finally {
    rmSync(outdir, { recursive: true, force: true })
  }
}

/** The budgets of all functions in a construct tree, by the handler's path. */
export function budgetsIn(root: IConstruct): Map<string, BundleBudget> {
  const functions = root.node.findAll().filter((construct) => construct instanceof ServiceFunction)
  return new Map(functions.map(({ entry, budget }) => [entry, budget]))
}
