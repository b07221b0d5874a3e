import { globSync } from 'node:fs'
import { join } from 'node:path'
import type { JourneyModule } from '../../lib/shared/journey.ts'

/** Requests whose costs are worth a table beside the journey's: `tools/cost/<system>/modes.ts` exports `modes`. */
export interface ModesModule extends JourneyModule {
  /** The stack, as in `Orders`. */
  readonly stack: string
  /** The title of the table, which names the stack. */
  readonly title: string
  /** The steps that have a row: the others prepare. */
  readonly rows: readonly string[]
}

/** Finds none in a fork whose system has no such file. */
export async function modesModules(): Promise<ModesModule[]> {
  const found: ModesModule[] = []
  for (const name of globSync('*/modes.ts', { cwd: import.meta.dirname }).sort()) {
    const file = join(import.meta.dirname, name)
    const { modes }: { modes?: ModesModule } = await import(file)
    if (!modes) throw new Error(`${file} exports no "modes".`)
    found.push(modes)
  }
  return found
}
