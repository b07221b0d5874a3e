import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { isAlive } from '../processes.ts'
import { UserError } from '../user-error.ts'
import type { LocalCloud } from './settings.ts'

/**
 * Runs `work` while no other command changes the same local cloud.
 *
 * @throws UserError when another one does.
 */
export async function withLock<T>(cloud: LocalCloud, work: () => Promise<T>): Promise<T> {
  mkdirSync(cloud.directory, { recursive: true })
  const file = join(cloud.directory, 'lock')
  if (!takeLock(file)) {
    const holder = Number(readFileSync(file, 'utf8'))
    if (isAlive(holder)) {
      throw new UserError(
        `Another command (process ${holder}) is changing the local cloud of port ${cloud.port}: wait for it to end.`,
      )
    }
    // Whoever held it was killed.
    rmSync(file, { force: true })
    if (!takeLock(file)) throw new UserError(`Another command is changing the local cloud of port ${cloud.port}.`)
  }
  try {
    return await work()
  } finally {
    rmSync(file, { force: true })
  }
}

function takeLock(file: string): boolean {
  try {
    const handle = openSync(file, 'wx')
    writeSync(handle, String(process.pid))
    closeSync(handle)
    return true
  } catch {
    return false
  }
}
