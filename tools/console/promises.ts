import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Promises } from '../../console/shared/wire.ts'
import { projectSources, systemGuarantees } from '../guarantees/guarantees.ts'
import { ROOT } from '../support/settings.ts'

/** Reads the guarantees of the project's systems, and the plot of the simulated overload if the project has it. */
export async function readPromises(): Promise<Promises> {
  const plot = join(ROOT, 'docs', 'overload.svg')
  return {
    systems: systemGuarantees(projectSources()).filter(({ guarantees }) => guarantees.length > 0),
    overload: existsSync(plot) ? readFileSync(plot, 'utf8') : null,
  }
}
