import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { throwIfInterrupted } from './interruption.ts'

export interface RunOptions {
  env?: NodeJS.ProcessEnv
  cwd?: string
  /** The file for the output, which is overwritten; otherwise output goes to the terminal. */
  logFile?: string
}

const running = new Set<ChildProcess>()

/** Asks every process that `run` has started to end, after an interruption. */
export function stopChildren(): void {
  for (const child of running) child.kill('SIGTERM')
}

/**
 * Runs a program to its end; resolves with its exit code, 127 when there is no such program.
 *
 * @throws Interrupted when the user interrupted it.
 */
export async function run(program: string, args: string[], options: RunOptions = {}): Promise<number> {
  const log = options.logFile === undefined ? undefined : openSync(options.logFile, 'w')
  try {
    const status = await new Promise<number>((resolve) => {
      const child = spawn(program, args, {
        stdio: log === undefined ? 'inherit' : ['ignore', log, log],
        ...(options.env && { env: options.env }),
        ...(options.cwd && { cwd: options.cwd }),
      } satisfies SpawnOptions)
      running.add(child)
      child.on('error', () => resolve(127))
      child.on('close', (code) => resolve(code ?? 1))
      child.on('exit', () => running.delete(child))
    })
    throwIfInterrupted()
    return status
  } finally {
    if (log !== undefined) closeSync(log)
  }
}

/** Returns the end of a log, for an error message. */
export function tail(file: string, lines: number): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n')
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // A process of another user exists, too.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * Returns the start time of a process, which distinguishes it from a later one with the same id; empty for a zombie.
 * Undefined on systems that can't tell cheaply: only Linux can.
 */
export function processStart(pid: number): string | undefined {
  try {
    // The name in brackets may contain anything; the state (field 3) follows it, and the start time is field 22.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return fields[0] === 'Z' ? '' : fields[19]
  } catch {
    return undefined
  }
}

/** Asks a process to end, and kills it after `graceMs`. Resolves when it is gone. */
export async function stopProcess(pid: number, graceMs: number): Promise<'ended' | 'killed'> {
  signal(pid, 'SIGTERM')
  if (await poll(() => !isAlive(pid), graceMs)) return 'ended'
  signal(pid, 'SIGKILL')
  await poll(() => !isAlive(pid), 5_000)
  return 'killed'
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // The process has already ended.
  }
}

/** Polls until the condition is true (then true) or the deadline has passed (then false). */
export async function poll(isDone: () => boolean | Promise<boolean>, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs
  while (!(await isDone())) {
    if (performance.now() >= deadline) return false
    await delay(25)
  }
  return true
}
