import { execFileSync, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '../..')

/** The output of a command, and its exit code. */
export interface Result {
  code: number | null
  stdout: string
  stderr: string
}

export interface RunningCommand {
  /** Resolves with the output so far when the command has printed the text, rejects when it ends before. */
  printed: (text: string) => Promise<string>
  kill: (signal: NodeJS.Signals) => void
  result: Promise<Result>
}

/**
 * Copies this project into a folder of its own, like somebody else's clone: its commands don't touch the `.local` of
 * this one. Packages are shared, and so are Python's unless the test is about them.
 */
export class Checkout {
  readonly directory = mkdtempSync(join(tmpdir(), 'stackyard-checkout-'))

  constructor({ packages = true, pythonPackages = true } = {}) {
    const list = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: ROOT })
    for (const file of list
      .toString()
      .split('\0')
      .filter((name) => name && existsSync(join(ROOT, name)))) {
      mkdirSync(dirname(this.path(file)), { recursive: true })
      cpSync(join(ROOT, file), this.path(file))
    }
    if (packages) symlinkSync(join(ROOT, 'node_modules'), this.path('node_modules'))
    mkdirSync(this.path('.local'))
    mkdirSync(join(ROOT, '.local', 'python'), { recursive: true })
    if (pythonPackages) symlinkSync(join(ROOT, '.local', 'python'), this.path('.local/python'))
  }

  path(file: string): string {
    return join(this.directory, file)
  }

  /** Starts `npm run <command>`, without npm. */
  start(args: string[], env: NodeJS.ProcessEnv = {}): RunningCommand {
    const own = Object.entries(process.env).filter(([name]) => !/^(AWS_|STACKYARD_|AUTH$|npm_)/.test(name))
    const child = spawn(process.execPath, [this.path('tools/stackyard.mjs'), ...args], {
      cwd: this.directory,
      env: { ...Object.fromEntries(own), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const output = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].on('data', (chunk) => {
        output[name] += chunk
      })
    }
    const result = new Promise<Result>((resolveResult) => {
      child.on('close', (code) => resolveResult({ code, ...output }))
    })
    const printed = (text: string) =>
      new Promise<string>((resolvePrinted, reject) => {
        const look = () => output.stdout.includes(text) && resolvePrinted(output.stdout)
        child.stdout.on('data', look)
        child.on('close', () => reject(new Error(`It ended without printing "${text}":\n${output.stderr}`)))
        look()
      })
    return { printed, result, kill: (signal) => child.kill(signal) }
  }

  run(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Result> {
    return this.start(args, env).result
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true })
  }
}
