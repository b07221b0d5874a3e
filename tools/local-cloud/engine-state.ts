import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isAlive } from '../support/processes.ts'
import type { LocalCloud } from '../support/settings.ts'

/** The engine that a command of this project started, as `.local/<port>/engine.json` keeps it. */
export interface EngineState {
  pid: number
  /** As in `ministack 1.5.33`. */
  engine: string
  auth: boolean
  /** Its folder for temporary files, which goes with it. */
  temporary: string
}

/** What is known of the engine on a port. */
export type EngineStatus =
  | { kind: 'none' }
  /** It was started and has gone without `npm run down`. */
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

/** Forgets the engine, and removes its temporary files: for one that has ended. */
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

/** A process id is used again in time: only Linux can tell cheaply whose it is now. */
function isEngine(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('ministack')
  } catch {
    return process.platform !== 'linux'
  }
}
