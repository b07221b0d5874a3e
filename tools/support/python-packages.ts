import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { run, tail } from './processes.ts'
import { LOCAL } from './settings.ts'
import { UserError } from './user-error.ts'

const LOG = join(LOCAL, 'python', 'install.log')

/** The command that runs Python with the packages of a requirements file. */
export interface PythonEnvironment {
  python: string
  env: NodeJS.ProcessEnv
}

/**
 * Installs the packages of a requirements file into a folder of their own below `.local/python`, once for each content
 * of the file: in a virtual environment, or with `pip --target` if Python comes without venv.
 *
 * @throws UserError when Python is missing, or can't install.
 */
export async function pythonPackages(requirements: string): Promise<PythonEnvironment> {
  const hash = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12)
  const directory = join(LOCAL, 'python', hash)
  if (!(await works(directory))) await install(requirements, directory)
  return environmentIn(directory)
}

function environmentIn(directory: string): PythonEnvironment {
  return existsSync(join(directory, 'pyvenv.cfg'))
    ? { python: join(directory, 'bin', 'python'), env: {} }
    : { python: 'python3', env: { PYTHONPATH: directory } }
}

/**
 * Checks that Python works: after an upgrade, a virtual environment's is a broken link, or searches packages elsewhere.
 */
async function works(directory: string): Promise<boolean> {
  if (!existsSync(directory)) return false
  const { python } = environmentIn(directory)
  const check = 'import os, sys, sysconfig; sys.exit(not os.path.isdir(sysconfig.get_path("purelib")))'
  return (await run(python, ['-c', python === 'python3' ? 'import sys' : check], { logFile: LOG })) === 0
}

async function install(requirements: string, directory: string): Promise<void> {
  mkdirSync(join(LOCAL, 'python'), { recursive: true })
  const logFile = LOG
  await requirePython(logFile)
  // The folder is built beside its place and then moved, so that an interrupted or parallel run leaves no partial one.
  const draft = `${directory}.${process.pid}`
  try {
    if (
      !(await installByVenv(requirements, draft, logFile)) &&
      !(await installByTarget(requirements, draft, logFile))
    ) {
      throw new UserError(`Python's packages could not be installed:\n${tail(logFile, 5)}`)
    }
    if (!(await works(directory))) rmSync(directory, { recursive: true, force: true })
    renameSync(draft, directory)
  } catch (error) {
    // A parallel run was faster, with the same packages.
    if (!/^(ENOTEMPTY|EEXIST)$/.test((error as NodeJS.ErrnoException).code ?? '')) throw error
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

async function requirePython(logFile: string): Promise<void> {
  const check = 'import sys; sys.exit(0 if sys.version_info >= (3, 10) else 1)'
  const status = await run('python3', ['-c', check], { logFile })
  if (status === 127) {
    throw new UserError(
      'The local cloud needs Python 3.10 or newer, and python3 is not on the PATH: install it from https://www.python.org or with your package manager.',
    )
  }
  if (status !== 0)
    throw new UserError('The local cloud needs Python 3.10 or newer, and python3 is older: install a newer one.')
}

const PIP = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--requirement']

async function installByVenv(requirements: string, directory: string, logFile: string): Promise<boolean> {
  if ((await run('python3', ['-m', 'venv', directory], { logFile })) !== 0) {
    rmSync(directory, { recursive: true, force: true })
    return false
  }
  const status = await run(join(directory, 'bin', 'python'), [...PIP, requirements], { logFile })
  if (status !== 0) throw new UserError(`Python's packages could not be installed:\n${tail(logFile, 5)}`)
  return true
}

async function installByTarget(requirements: string, directory: string, logFile: string): Promise<boolean> {
  return (await run('python3', [...PIP, requirements, '--target', directory], { logFile })) === 0
}
