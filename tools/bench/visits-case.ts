import { globSync } from 'node:fs'
import { join } from 'node:path'
import { BENCH } from './cases.ts'
import type { Ask } from './events-case.ts'

/** A request that visitors make. */
export interface Visit {
  /** In the rows of the page, as in `a plain link`. */
  title: string
  path: string
  headers: Record<string, string>
  /** Of a good answer. */
  status: number
}

/** A system whose visitors wait for it: `<system>/visits.ts` exports `visits`. */
export interface VisitsCase {
  /** As in `Orders`. */
  stack: string
  scope: string
  /** Makes what is visited. */
  prepare: (ask: Ask) => Promise<Visit[]>
}

/** A fork whose system has no such file measures no visits. */
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
