import { globSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { run, tail } from '../support/processes.ts'
import { pythonPackages } from '../support/python-packages.ts'
import { LOCAL, ROOT } from '../support/settings.ts'
import type { Counts } from './jest.ts'
import { inLanes } from './lanes.ts'

const CDK = join(ROOT, 'node_modules', 'aws-cdk', 'bin', 'cdk')

/**
 * Runs cfn-lint by its function: the package has no module to run, and its script contains the folder where it was
 * installed.
 */
const RUN = 'import sys; from cfnlint.runner import main; sys.exit(main())'

/** Variants of the app as users deploy it: each counts as a test. */
const VARIANTS: Record<string, string[]> = {
  dev: [],
  prod: ['-c', 'stage=prod'],
  edge: ['-c', 'edge=true'],
  'own-issuer': ['-c', 'issuer=https://id.example.com', '-c', 'audience=api', '-c', 'corsOrigins=https://example.com'],
}

/** Synthesizes the app as a user does, and lints every template with cfn-lint. */
export async function lintTemplates(): Promise<Counts> {
  const { python, env } = await pythonPackages(join(import.meta.dirname, 'cfn-lint', 'requirements.txt'))
  const counts: Counts = { passed: 0, failed: 0 }
  const directory = join(LOCAL, 'test', `templates-${process.pid}`)
  mkdirSync(directory, { recursive: true })
  const isGood = async (name: string, context: string[]) => {
    const assembly = join(directory, name)
    if (!(await synthesize(assembly, context))) return false
    const templates = globSync(join(assembly, '*.template.json'))
    return (await run(python, ['-c', RUN, ...templates], { cwd: ROOT, env: { ...process.env, ...env } })) === 0
  }
  // Variants run in parallel, because neither program uses more than one core.
  await inLanes(2, Object.entries(VARIANTS), async ([name, context]) => {
    counts[(await isGood(name, context)) ? 'passed' : 'failed'] += 1
  })
  rmSync(directory, { recursive: true, force: true })
  return counts
}

async function synthesize(assembly: string, context: string[]): Promise<boolean> {
  const logFile = `${assembly}.log`
  const status = await run(process.execPath, [CDK, 'synth', '--quiet', '--output', assembly, ...context], {
    cwd: ROOT,
    logFile,
  })
  if (status !== 0) console.error(tail(logFile, 25))
  return status === 0
}
