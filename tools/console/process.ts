import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, globSync, mkdirSync, openSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isAlive, poll, processStart, stopProcess, tail } from '../support/processes.ts'
import { type LocalCloud, ROOT } from '../support/settings.ts'
import { UserError } from '../support/user-error.ts'

/** The console of a local cloud, as recorded in `.local/<port>/console.json`. */
export interface ConsoleRecord {
  /** Part of the URL; kept over restarts, so that a printed URL stays valid. */
  secret: string
  /** Absent if none was started, or it was stopped. */
  process?: { pid: number; start: string | undefined }
  /** The port that it listens on, or did. */
  port?: number
  /** The time of the last change of its sources when it was started, in milliseconds since the epoch. */
  changed?: number
}

/** The distance of the console's port from the local cloud's. */
const PORT_OFFSET = 10_000
const SERVER = join(import.meta.dirname, 'serve.ts')
const START_TIMEOUT_MS = 10_000
const STOP_TIMEOUT_MS = 5_000

/**
 * Starts the console of a local cloud in a process of its own, and returns its URL. A running one is kept, unless it is
 * older than its sources.
 *
 * @throws UserError when it does not start.
 */
export async function startConsole(cloud: LocalCloud): Promise<string> {
  const known = readRecord(cloud)
  const changed = lastChange()
  if (known && isRunning(known) && known.changed === changed) return urlOf(known)
  await stopConsole(cloud)
  mkdirSync(cloud.directory, { recursive: true })
  const { secret = randomBytes(24).toString('base64url'), port } = known ?? {}
  writeRecord(cloud, { secret, changed, ...(port !== undefined && { port }) })
  const logFile = join(cloud.directory, 'console.log')
  const log = openSync(logFile, 'w')
  const child = spawn(process.execPath, [SERVER], { detached: true, stdio: ['ignore', log, log], cwd: ROOT })
  closeSync(log)
  child.unref()
  const { pid } = child
  const isDecided = () => pid === undefined || !isAlive(pid) || readRecord(cloud)?.process?.pid === pid
  await poll(isDecided, START_TIMEOUT_MS)
  const record = readRecord(cloud)
  if (!record || record.process?.pid !== pid) throw new UserError(`The console did not start:\n${tail(logFile, 5)}`)
  return urlOf(record)
}

/** Stops the console of a local cloud, if there is one. */
export async function stopConsole(cloud: LocalCloud): Promise<void> {
  const record = readRecord(cloud)
  if (!record?.process) return
  if (isRunning(record)) await stopProcess(record.process.pid, STOP_TIMEOUT_MS)
  const { process: _, ...kept } = record
  writeRecord(cloud, kept)
}

/** Returns the URL of the running console, if there is one. */
export function consoleUrl(cloud: LocalCloud): string | undefined {
  const record = readRecord(cloud)
  return record && isRunning(record) ? urlOf(record) : undefined
}

/** Lists the ports to try: the one it had, the one that goes with the cloud's, and any that is free. */
export function portsToTry(cloud: LocalCloud, had: number | undefined): number[] {
  const derived = cloud.port + PORT_OFFSET
  return [...new Set([...(had === undefined ? [] : [had]), ...(derived < 65_536 ? [derived] : []), 0])]
}

export function readRecord(cloud: LocalCloud): ConsoleRecord | undefined {
  try {
    return JSON.parse(readFileSync(recordFile(cloud), 'utf8'))
  } catch {
    return undefined
  }
}

/** Writes the record for its owner's eyes only. */
export function writeRecord(cloud: LocalCloud, record: ConsoleRecord): void {
  const draft = `${recordFile(cloud)}.${process.pid}`
  writeFileSync(draft, JSON.stringify(record), { mode: 0o600 })
  renameSync(draft, recordFile(cloud))
}

export function urlOf({ port, secret }: ConsoleRecord): string {
  return `http://127.0.0.1:${port}/?secret=${secret}`
}

/** Returns the time of the last change of the sources that its process has loaded; those of the page are read anew. */
function lastChange(): number {
  const files = globSync('{tools,functions/shared/resilience}/**/*.ts', { cwd: ROOT })
  return Math.max(...files.map((file) => statSync(join(ROOT, file)).mtimeMs))
}

function recordFile(cloud: LocalCloud): string {
  return join(cloud.directory, 'console.json')
}

/** Checks whether it runs: process ids are reused, hence the time of its start, where the system tells it. */
function isRunning({ process: known }: ConsoleRecord): boolean {
  return known !== undefined && isAlive(known.pid) && processStart(known.pid) === known.start
}
