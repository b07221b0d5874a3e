import { globSync } from 'node:fs'
import { join } from 'node:path'
import { BENCH } from './cases.ts'
import type { Ask } from './events-case.ts'

/** A request that visitors make. */
export interface Visit {
  /** The title in the page's rows, as in `a plain link`. */
  title: string
  path: string
  headers: Record<string, string>
  /** The status of a correct answer. */
  status: number
}

/** A system with visitors: `<system>/visits.ts` exports `visits`. */
export interface VisitsCase {
  /** The stack, as in `Orders`. */
  stack: string
  scope: string
  /** Creates the targets of the visits. */
  prepare: (ask: Ask) => Promise<Visit[]>
}

/** Finds no case in a fork whose system has no such file. */
export async function visitsCases(directory = BENCH): Promise<VisitsCase[]> {
  const cases: VisitsCase[] = []
  for (const name of globSync('*/visits.ts', { cwd: directory }).sort()) {
    const file = join(directory, name)
    const { visits }: { visits?: VisitsCase } = await import(file)
    if (!visits) throw new Error(`${file} exports no "visits".`)
    cases.push(visits)
  }
  return cases
}
