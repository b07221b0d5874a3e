import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isAlive } from '../support/processes.ts'
import type { LocalCloud } from '../support/settings.ts'

/** The engine that a command of this project started, as recorded in `.local/<port>/engine.json`. */
export interface EngineState {
  pid: number
  /** Its name and version, as in `ministack 1.5.33`. */
  engine: string
  auth: boolean
  /** Its folder for temporary files, which is removed with it. */
  temporary: string
}

/** The known state of the engine on a port. */
export type EngineStatus =
  | { kind: 'none' }
  /** It was started and has ended without `npm run down`. */
  | { kind: 'gone'; state: EngineState }
  | { kind: 'running'; state: EngineState }

export function readEngineStatus(cloud: LocalCloud): EngineStatus {
  let state: EngineState
  try {
    state = JSON.parse(readFileSync(stateFile(cloud), 'utf8'))
  } catch {
    return { kind: 'none' }
  }
  return { kind: isAlive(state.pid) && isEngine(state.pid) ? 'running' : 'gone', state }
}

export function writeEngineState(cloud: LocalCloud, state: EngineState): void {
  mkdirSync(cloud.directory, { recursive: true })
  writeFileSync(stateFile(cloud), JSON.stringify(state))
}

/** Forgets an engine that has ended, and removes its temporary files. */
export function removeEngineState(cloud: LocalCloud): void {
  const status = readEngineStatus(cloud)
  // A file that an earlier version of this project wrote has no such folder.
  if (status.kind !== 'none' && status.state.temporary) {
    rmSync(status.state.temporary, { recursive: true, force: true })
  }
  rmSync(stateFile(cloud), { force: true })
}

function stateFile(cloud: LocalCloud): string {
  return join(cloud.directory, 'engine.json')
}

/** Checks whether the process is still the engine, because process ids are reused. Only Linux can tell cheaply. */
function isEngine(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('ministack')
  } catch {
    return process.platform !== 'linux'
  }
}
