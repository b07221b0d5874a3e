import { globSync } from 'node:fs'
import { join } from 'node:path'
import type { BundleBudget } from '../../lib/shared/bundle-budget.ts'
import type { FakeAnswers } from './fake-server.ts'

// The cases of a system are in the folder with its name, beside this file: a fork without the system has no such
// folder, and the benchmark finds nothing there.

export const BENCH = import.meta.dirname

/** A handler as Lambda calls it; each case knows its own event and answer. */
// biome-ignore lint/suspicious/noExplicitAny: the events of all cases have nothing in common.
export type AnyHandler = (event: any, context: any) => Promise<unknown>

/** An invocation that is timed in a warm process, with the stores stubbed out: `<system>/*.warm.ts` exports `warm`. */
export interface WarmCase {
  title: string
  /** The kind of function, whose gate applies. */
  budget: BundleBudget
  handler: AnyHandler
  event: unknown
  /** Checks that the answer is that of the case, and not an error's, which would be measured instead. */
  isRight: (answer: unknown) => boolean
  /** A file of the same folder that exports a conventional `handler` of the same event, for comparison. */
  usual?: string
}

/** A deployed function whose first invocation is measured in fresh processes: `<system>/*.cold.ts` exports `cold`. */
export interface ColdCase extends FakeAnswers {
  /** The handler's path from the project's root. */
  entry: string
  event: unknown
  environment: Record<string, string>
  /** Files of the same folder, each with a `handler` for comparison. */
  others: { title: string; file: string; built: 'minified' | 'as usual' }[]
}

/** A case, and its folder. */
export interface Found<Case> {
  file: string
  folder: string
  case: Case
}

export async function warmCases(directory = BENCH): Promise<Found<WarmCase>[]> {
  return find<'warm', WarmCase>('warm', directory)
}

export async function coldCases(directory = BENCH): Promise<Found<ColdCase>[]> {
  return find<'cold', ColdCase>('cold', directory)
}

async function find<Kind extends string, Case>(kind: Kind, directory: string): Promise<Found<Case>[]> {
  const found: Found<Case>[] = []
  for (const name of globSync(`*/*.${kind}.ts`, { cwd: directory }).sort()) {
    const file = join(directory, name)
    const module: Partial<Record<Kind, Case>> = await import(file)
    const exported = module[kind]
    if (!exported) throw new Error(`${file} exports no "${kind}".`)
    found.push({ file, folder: join(file, '..'), case: exported })
  }
  return found
}
