import { existsSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { table, writeSection } from '../support/document.ts'
import { run } from '../support/processes.ts'
import { ROOT } from '../support/settings.ts'
import { UserError } from '../support/user-error.ts'

/** The parts of Stryker's report that are used here (https://github.com/stryker-mutator/mutation-testing-elements). */
interface Report {
  files: Record<string, { mutants: { status: string }[] }>
}

const REPORT = join(ROOT, '.build', 'mutation.json')

/** Folders whose scores are in docs/benchmarks.md. */
const RECORDED = ['resilience', 'data', 'rate-limit']

const STRYKER = join(ROOT, 'node_modules', '@stryker-mutator', 'core', 'bin', 'stryker.js')

/**
 * `npm run mutation [-- <folder> [<file>...]]`: makes small changes to the code of a shared module or of a system, one
 * at a time, and counts how many of them the unit tests detect. Fails below 90 %.
 */
export async function mutation([area = 'resilience', ...files]: string[]): Promise<void> {
  const isThere = (...path: string[]) => existsSync(join(ROOT, ...path))
  const folder = [area, `shared/${area}`].find((path) => isThere('functions', path))
  if (folder === undefined) throw new UserError(`There is no folder "${area}" in functions or functions/shared.`)
  const missing = files.find((file) => !isThere('functions', folder, `${file}.ts`))
  if (missing !== undefined) throw new UserError(`There is no file "${missing}.ts" in functions/${folder}.`)
  const env = {
    ...process.env,
    MUTATION_FOLDER: folder,
    MUTATION_TESTS: isThere('test', folder) ? folder : dirname(folder),
    ...(files.length > 0 && { MUTATION_FILES: files.join(',') }),
  }
  rmSync(REPORT, { force: true })
  const status = await run(process.execPath, [STRYKER, 'run'], { cwd: ROOT, env })
  if (!existsSync(REPORT)) throw new UserError('Stryker ended without a report: see its output above.')
  const report: Report = JSON.parse(readFileSync(REPORT, 'utf8'))
  const table = scores(report)
  console.log(`\n${table}`)
  if (RECORDED.includes(area) && files.length === 0) writeSection(`mutation-${area}`, table)
  if (status !== 0) process.exitCode = 1
}

/** Builds a row for all files, and one for each. */
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
      ...rows.map(([file, { mutants }]) => row(file.replace(/^functions\/(shared\/)?/, ''), mutants)),
    ],
  )
}
