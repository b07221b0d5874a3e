import { globSync } from 'node:fs'
import { join } from 'node:path'
import { BENCH } from './cases.ts'
import type { Ask } from './events-case.ts'

/** A request that visitors, or other callers, make again and again. */
export interface Visit {
  /** The title in the page's rows, as in `a plain link`. */
  title: string
  /** @default GET */
  method?: 'GET' | 'POST'
  path: string
  headers: Record<string, string>
  /** Makes the body of the next request. */
  body?: () => string
  /** The status of a correct answer. */
  status: number
  /** Checks whether the body of an answer with this status is correct, too. */
  isRight?: (body: string) => boolean
}

/** A system whose latency is measured: `<system>/visits.ts` exports `visits`, `<system>/decisions.ts` `decisions`. */
export interface VisitsCase {
  /** The stack, as in `Orders`. */
  stack: string
  scope: string
  /** The key of the route that is measured, and whether it asks for the token of the scope. */
  routeKey: string
  needsToken: boolean
  /** Creates the targets of the visits. */
  prepare: (ask: Ask) => Promise<Visit[]>
}

/** Finds no case in a fork whose system has no such file. */
export async function visitsCases(kind: 'visits' | 'decisions', directory = BENCH): Promise<VisitsCase[]> {
  const cases: VisitsCase[] = []
  for (const name of globSync(`*/${kind}.ts`, { cwd: directory }).sort()) {
    const file = join(directory, name)
    const module: Partial<Record<typeof kind, VisitsCase>> = await import(file)
    const found = module[kind]
    if (!found) throw new Error(`${file} exports no "${kind}".`)
    cases.push(found)
  }
  return cases
}
