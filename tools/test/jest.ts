import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../support/processes.ts'
import { ROOT } from '../support/settings.ts'

/** The numbers of tests (or checks that count as one) that passed and failed. */
export interface Counts {
  passed: number
  failed: number
}

/** The parts of Jest's own summary that are used here. */
interface JestSummary {
  numPassedTests: number
  numFailedTests: number
  /** The number of files that could not be run at all. */
  numRuntimeErrorTestSuites: number
}

const JEST = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js')

/**
 * Runs projects of jest.config.js. A run without tests, or one that fails without a failed test, counts as one failure.
 */
export async function runJest(projects: string[], env: NodeJS.ProcessEnv = {}): Promise<Counts> {
  const directory = join(ROOT, '.local', 'test')
  mkdirSync(directory, { recursive: true })
  const summaryFile = join(directory, `${projects.join('-')}-${process.pid}.json`)
  const node = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning']
  // Tests mostly wait for other processes, so that two share a core well.
  const flags = ['--selectProjects', ...projects, '--maxWorkers', '2', '--json', '--outputFile', summaryFile]
  const status = await run(process.execPath, [...node, JEST, ...flags], {
    cwd: ROOT,
    env: { ...process.env, ...env },
  })
  const counts = readSummary(summaryFile)
  const isSilentFailure = status !== 0 && counts.failed === 0
  return isSilentFailure || counts.passed + counts.failed === 0 ? { ...counts, failed: counts.failed + 1 } : counts
}

function readSummary(file: string): Counts {
  try {
    const summary: JestSummary = JSON.parse(readFileSync(file, 'utf8'))
    return { passed: summary.numPassedTests, failed: summary.numFailedTests + summary.numRuntimeErrorTestSuites }
  } catch {
    return { passed: 0, failed: 0 }
  }
}
