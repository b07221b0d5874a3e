import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeFork } from '../fork/fork.ts'
import { names, stackFolders, systems } from '../fork/systems.ts'
import { pascalCase } from '../support/case.ts'
import { run, tail } from '../support/processes.ts'
import { LOCAL, ROOT } from '../support/settings.ts'
import { testsToRepeat } from './fork-tests.ts'
import { freePort } from './free-port.ts'
import type { Counts } from './jest.ts'
import { inLanes } from './lanes.ts'

/** A requirement of a fork: each counts as a test. */
interface Check {
  title: string
  holds: () => Promise<boolean>
}

interface Fork {
  system: string
  directory: string
  /** True if it is also deployed and tested end to end. */
  isDeployed: boolean
  /** True to repeat even the unit tests whose result can't differ in it. */
  repeatsAll: boolean
}

/** Forks that are checked at the same time, and the processes that their tests share. */
const AT_ONCE = 2

/**
 * Forks every system into a folder outside of the project and proves that it is self-contained: it is linted,
 * type-checked, tested and synthesized. The end-to-end tests run in one fork, chosen by the commit. With `--all-forks`
 * all tests run in all forks. Installed packages are shared.
 */
export async function checkForks(flags: readonly string[]): Promise<Counts> {
  const isThorough = flags.includes('--all-forks')
  const turn = isThorough ? systems() : [systemInTurn(systems(), headCommit())]
  const forks = systems().map(
    (system): Fork => ({
      system,
      directory: mkdtempSync(join(tmpdir(), `stackyard-fork-${system}-`)),
      isDeployed: turn.includes(system),
      repeatsAll: isThorough,
    }),
  )
  const counts: Counts = { passed: 0, failed: 0 }
  const check = async ({ system }: Fork, { title, holds }: Check) => {
    const ok = await holds()
    console.log(`${ok ? '✔' : '✖'} ${system}: ${title}`)
    counts[ok ? 'passed' : 'failed'] += 1
  }
  try {
    for (const { system, directory } of forks) {
      writeFork({ system, directory, name: 'my-fork' })
      sharePackages(directory)
    }
    await inLanes(AT_ONCE, forks, async (fork) => {
      for (const each of checksOf(fork, Math.ceil(AT_ONCE / forks.length))) await check(fork, each)
    })
    // One after the other, because a local cloud with its functions needs the whole machine.
    for (const fork of forks.filter(({ isDeployed }) => isDeployed)) await check(fork, await journeyOf(fork))
  } finally {
    for (const { directory } of forks) rmSync(directory, { recursive: true, force: true })
  }
  return counts
}

/** Chooses one of some systems by the hash of a commit. */
export function systemInTurn(all: readonly string[], commit: string): string {
  return all[Number.parseInt(commit.slice(0, 8), 16) % all.length] ?? ''
}

function headCommit(): string {
  return execFileSync('git', ['rev-parse', 'HEAD'], { cwd: ROOT, encoding: 'utf8' })
}

function sharePackages(directory: string): void {
  symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'))
  mkdirSync(join(directory, '.local'))
  mkdirSync(join(LOCAL, 'python'), { recursive: true })
  symlinkSync(join(LOCAL, 'python'), join(directory, '.local', 'python'))
}

function checksOf({ system, directory, repeatsAll }: Fork, workers: number): Check[] {
  const passes = commandsIn(directory)
  const jest = (...args: string[]) => {
    const program = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--maxWorkers', String(workers)]
    return passes(process.execPath, [...program, ...args])
  }
  const unitTests = () => (repeatsAll ? [] : ['--runTestsByPath', ...testsToRepeat(directory)])
  return [
    { title: 'mentions no other system', holds: async () => namesNoOther(system, directory) },
    { title: 'has a matching lockfile', holds: () => passes('npm', ['ls', '--package-lock-only', '--all']) },
    { title: 'passes the linter', holds: () => passes('npm', ['run', '--silent', 'lint']) },
    { title: 'passes the type check', holds: () => passes('npm', ['run', '--silent', 'types']) },
    { title: 'passes its unit tests', holds: () => jest('--selectProjects', 'unit', ...unitTests()) },
    { title: 'passes its template tests', holds: () => jest('--selectProjects', 'template') },
    { title: 'can be synthesized', holds: () => passes('npx', ['cdk', 'synth', '--quiet', pascalCase(system)]) },
  ]
}

async function journeyOf({ system, directory }: Fork): Promise<Check> {
  const passes = commandsIn(directory, { STACKYARD_PORT: String(await freePort()) })
  const command = (name: string) => passes(process.execPath, ['tools/stackyard.mjs', name])
  const jest = ['node_modules/jest/bin/jest.js', '--maxWorkers', '2', `test/${system}/`, '--selectProjects']
  const tests = ['--experimental-vm-modules', ...jest, 'e2e', 'browser']
  const holds = async () => {
    try {
      return (await command('up')) && (await passes(process.execPath, tests))
    } finally {
      await command('down')
    }
  }
  return { title: 'deploys to a local cloud and passes its journey there', holds }
}

/** Runs programs in a fork's folder; shows the end of a failed program's output. */
function commandsIn(directory: string, env: NodeJS.ProcessEnv = {}) {
  return async (program: string, args: string[]): Promise<boolean> => {
    const logFile = join(directory, '.local', 'check.log')
    const environment = { ...process.env, NODE_OPTIONS: '', ...env }
    const ok = (await run(program, args, { cwd: directory, env: environment, logFile })) === 0
    if (!ok) console.error(tail(logFile, 60))
    return ok
  }
}

/** Checks that neither names nor contents of its files mention another system. */
function namesNoOther(system: string, directory: string): boolean {
  const others = stackFolders().filter((folder) => folder !== system && systems().includes(folder))
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter(
    (file) => !/^(node_modules|\.local|\.git)\b/.test(file) && statSync(join(directory, file)).isFile(),
  )
  const telltale = files.filter((file) =>
    others.some((other) => names(file, other) || names(readFileSync(join(directory, file), 'utf8'), other)),
  )
  for (const file of telltale) console.error(`${file} mentions another system.`)
  return telltale.length === 0
}
