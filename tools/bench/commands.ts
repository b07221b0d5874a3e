import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { table, writeSection } from '../support/document.ts'
import { freePort } from '../test/free-port.ts'

const ROOT = join(import.meta.dirname, '../..')
const LIMIT_MS = 600_000

const STEPS = [
  ['install (empty npm cache)', 'npm', 'ci'],
  ['synth', 'npx', 'cdk', 'synth', '-q'],
  ['start the local cloud and deploy', 'npm', 'run', 'up'],
  ['deploy again, nothing changed', 'npm', 'run', 'up'],
  ['stop', 'npm', 'run', 'down'],
] as const

/** Times the developer's commands in a fresh clone of the last commit, and writes them into docs/benchmarks.md. */
export async function benchCommands(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'stackyard-commands-'))
  const clone = join(directory, 'clone')
  const env = { ...process.env, npm_config_cache: join(directory, 'npm'), STACKYARD_PORT: String(await freePort()) }
  try {
    await seconds(['git', 'clone', '-q', ROOT, clone], { cwd: directory, env })
    const rows: string[][] = []
    for (const [name, ...command] of STEPS) {
      rows.push([name, `\`${command.join(' ')}\``, (await seconds(command, { cwd: clone, env })).toFixed(1)])
    }
    writeSection('commands', table(['step', 'command', 'seconds'], rows))
  } finally {
    // Whatever failed above, nothing may keep running; without a clone there is nothing to stop.
    await seconds(['npm', 'run', 'down'], { cwd: clone, env }).catch(() => undefined)
    rmSync(directory, { recursive: true, force: true })
  }
}

async function seconds(
  [command = '', ...args]: readonly string[],
  { cwd, env }: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<number> {
  const start = performance.now()
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'ignore', 'inherit'], timeout: LIMIT_MS })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} failed with ${code}.`)
  return (performance.now() - start) / 1000
}
