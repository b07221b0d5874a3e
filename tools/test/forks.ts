import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeFork } from '../fork/fork.ts'
import { names, stackFolders, systems } from '../fork/systems.ts'
import { pascalCase } from '../support/case.ts'
import { run, tail } from '../support/processes.ts'
import { LOCAL, ROOT } from '../support/settings.ts'
import { freePort } from './free-port.ts'
import type { Counts } from './jest.ts'

/** A thing to be true of a fork: each counts as a test. */
interface Check {
  title: string
  holds: () => Promise<boolean>
}

/**
 * Forks every system into a folder outside the project and shows that it stands alone: it is linted, type-checked,
 * tested, synthesized, and its journey passes on a local cloud. Installed packages are shared.
 */
export async function checkForks(): Promise<Counts> {
  const counts: Counts = { passed: 0, failed: 0 }
  for (const system of systems()) {
    const directory = mkdtempSync(join(tmpdir(), `stackyard-fork-${system}-`))
    try {
      writeFork({ system, directory, name: 'my-fork' })
      sharePackages(directory)
      for (const { title, holds } of await checksOf(system, directory)) {
        const ok = await holds()
        console.log(`${ok ? '✔' : '✖'} ${system}: ${title}`)
        counts[ok ? 'passed' : 'failed'] += 1
      }
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  }
  return counts
}

function sharePackages(directory: string): void {
  symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'))
  mkdirSync(join(directory, '.local'))
  mkdirSync(join(LOCAL, 'python'), { recursive: true })
  symlinkSync(join(LOCAL, 'python'), join(directory, '.local', 'python'))
}

async function checksOf(system: string, directory: string): Promise<Check[]> {
  const stack = pascalCase(system)
  const port = String(await freePort())
  const node = process.execPath
  const passes = async (program: string, args: string[]) => {
    const logFile = join(directory, '.local', 'check.log')
    const env = { ...process.env, STACKYARD_PORT: port, NODE_OPTIONS: '' }
    const ok = (await run(program, args, { cwd: directory, env, logFile })) === 0
    if (!ok) console.error(tail(logFile, 60))
    return ok
  }
  const command = (...args: string[]) => passes(node, ['tools/stackyard.mjs', ...args])
  const jest = (...args: string[]) =>
    passes(node, ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--maxWorkers', '2', ...args])
  const journey = async () => {
    try {
      return (await command('up')) && (await jest(`test/${system}/`, '--selectProjects', 'e2e', 'browser'))
    } finally {
      await command('down')
    }
  }
  return [
    { title: 'names no other system', holds: async () => namesNoOther(system, directory) },
    { title: 'has a lockfile that fits', holds: () => passes('npm', ['ls', '--package-lock-only', '--all']) },
    { title: 'is linted', holds: () => passes('npm', ['run', '--silent', 'lint']) },
    { title: 'has its types', holds: () => passes('npm', ['run', '--silent', 'types']) },
    { title: 'passes its unit and template tests', holds: () => jest('--selectProjects', 'unit', 'template') },
    { title: 'is synthesized', holds: () => passes('npx', ['cdk', 'synth', '--quiet', stack]) },
    { title: 'is deployed to a local cloud and passes its journey there', holds: journey },
  ]
}

/** Neither its files nor their contents. */
function namesNoOther(system: string, directory: string): boolean {
  const others = stackFolders().filter((folder) => folder !== system && systems().includes(folder))
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter(
    (file) => !/^(node_modules|\.local|\.git)\b/.test(file) && statSync(join(directory, file)).isFile(),
  )
  const telltale = files.filter((file) =>
    others.some((other) => names(file, other) || names(readFileSync(join(directory, file), 'utf8'), other)),
  )
  for (const file of telltale) console.error(`${file} names another system.`)
  return telltale.length === 0
}
