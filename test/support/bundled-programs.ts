import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { build, type Metafile } from 'esbuild'
import { BUNDLING } from '../../lib/shared/function-bundles.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const directory = mkdtempSync(join(tmpdir(), 'stackyard-programs-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))
const fifo = join(directory, 'fifo')
execFileSync('mkfifo', [fifo])

/** The variables that Lambda sets, and the endpoint of a test's server. */
export function lambdaEnvironment(url: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_SESSION_TOKEN: 'token',
  }
}

/** Bundles a program as functions are bundled. */
export async function bundle(name: string, source: { file: string } | { text: string }): Promise<Metafile> {
  const entry =
    'file' in source
      ? { entryPoints: [{ in: source.file, out: name }] }
      : { stdin: { contents: source.text, resolveDir: ROOT }, entryNames: name }
  const { metafile } = await build({ ...BUNDLING, ...entry, absWorkingDir: ROOT, outdir: directory, metafile: true })
  return metafile
}

/**
 * Runs a bundled program outside of this process's environment, and returns what it prints. A program that reads a file
 * of settings waits there for ever, unless the environment names another file.
 */
export async function run(name: string, environment: Record<string, string>): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(directory, `${name}.mjs`)], {
    env: { HOME: directory, AWS_CONFIG_FILE: fifo, AWS_SHARED_CREDENTIALS_FILE: fifo, ...environment },
    timeout: 60_000,
  })
  return stdout
}
