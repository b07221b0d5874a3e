import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { table, writeSection } from '../bench/document.ts'
import { ROOT } from '../local-cloud/settings.ts'
import { run } from '../processes.ts'
import { UserError } from '../user-error.ts'

/** What this needs of Stryker's report (https://github.com/stryker-mutator/mutation-testing-elements). */
interface Report {
  files: Record<string, { mutants: { status: string }[] }>
}

const STRYKER = join(ROOT, 'node_modules', '@stryker-mutator', 'core', 'bin', 'stryker.js')

/**
 * `npm run mutation [-- <folder of functions/shared> [<file>...]]`: changes the code in small ways, one at a time, and counts how
 * many of the changes the tests notice. Writes the score into docs/benchmarks.md, and fails below 90 %.
 */
export async function mutation([area = 'resilience', ...files]: string[]): Promise<void> {
  if (!existsSync(join(ROOT, 'functions', 'shared', area)) || !existsSync(join(ROOT, 'test', 'shared', area)))
    throw new UserError(`There is no folder "${area}" in functions/shared and test/shared.`)
  const missing = files.find((file) => !existsSync(join(ROOT, 'functions', 'shared', area, `${file}.ts`)))
  if (missing !== undefined) throw new UserError(`There is no file "${missing}.ts" in functions/shared/${area}.`)
  const chosen = files.length > 0 && { MUTATION_FILES: files.join(',') }
  const env = { ...process.env, MUTATION_AREA: area, ...chosen }
  const status = await run(process.execPath, [STRYKER, 'run'], { cwd: ROOT, env })
  const report: Report = JSON.parse(readFileSync(join(ROOT, '.build', `mutation-${area}.json`), 'utf8'))
  writeSection(`mutation-${area}`, scores(report))
  if (status !== 0) process.exitCode = 1
}

/** A row for all files, and one for each. */
function scores({ files }: Report): string {
  const count = (mutants: { status: string }[], ...statuses: string[]) =>
    mutants.filter(({ status }) => statuses.includes(status)).length
  const row = (name: string, mutants: { status: string }[]) => {
    const killed = count(mutants, 'Killed')
    const slow = count(mutants, 'Timeout')
    const all = killed + slow + count(mutants, 'Survived', 'NoCoverage')
    const percent = (part: number) => `${((100 * part) / all).toFixed(1)} %`
    return [name, String(all), percent(killed + slow), percent(killed)]
  }
  const rows = Object.entries(files).filter(([, { mutants }]) => mutants.length > 0)
  return table(
    ['file', 'mutants', 'score', 'without those that time out'],
    [
      row(
        'all',
        rows.flatMap(([, { mutants }]) => mutants),
      ),
      ...rows.map(([file, { mutants }]) => row(file.replace('functions/shared/', ''), mutants)),
    ],
  )
}
