import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isAlive, processStart } from '../support/processes.ts'
import type { LocalCloud } from '../support/settings.ts'
import { UserError } from '../support/user-error.ts'

/**
 * Runs `work` while no other command changes the same local cloud.
 *
 * @throws UserError when another command is doing so.
 */
export async function withLock<T>(cloud: LocalCloud, work: () => Promise<T>): Promise<T> {
  mkdirSync(cloud.directory, { recursive: true })
  const file = join(cloud.directory, 'lock')
  takeLock(file, cloud.port)
  try {
    return await work()
  } finally {
    rmSync(file, { force: true })
  }
}

/**
 * Creates a file atomically: it exists either with its whole content or not at all.
 *
 * @returns false when the file already exists, which stays as it is.
 */
export function createFile(file: string, content: string): boolean {
  const draft = `${file}.${process.pid}`
  try {
    writeFileSync(draft, content, { mode: 0o600 })
    linkSync(draft, file)
    return true
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    return false
  } finally {
    rmSync(draft, { force: true })
  }
}

function takeLock(file: string, port: number): void {
  const own = `${process.pid} ${processStart(process.pid) ?? ''}`
  for (let attempt = 0; attempt < 3; attempt += 1) {
    if (createFile(file, own)) return
    const content = readIfThere(file)
    const holder = content === undefined ? undefined : livingHolder(content)
    if (holder !== undefined) {
      throw new UserError(
        `Another command (process ${holder}) is changing the local cloud of port ${port}: wait until it has finished.`,
      )
    }
    if (content !== undefined) breakLock(file, content)
  }
  throw new UserError(`Another command is changing the local cloud of port ${port}: wait until it has finished.`)
}

/** Returns the process that holds a lock; none if it was killed, or its id now belongs to another process. */
function livingHolder(content: string): number | undefined {
  const [, id, start] = /^([1-9]\d*) (\d*)$/.exec(content) ?? []
  if (id === undefined || !isAlive(Number(id))) return undefined
  const current = processStart(Number(id))
  return current === undefined || current === start ? Number(id) : undefined
}

function breakLock(file: string, stale: string): void {
  const aside = `${file}.stale.${process.pid}`
  try {
    renameSync(file, aside)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return
    throw error
  }
  // Another command may have removed the stale lock and taken a new one in between: that one is put back.
  const moved = readFileSync(aside, 'utf8')
  rmSync(aside)
  if (moved !== stale) createFile(file, moved)
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code
}
