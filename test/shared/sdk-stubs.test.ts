import { execFile, execFileSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { build, type Metafile } from 'esbuild'
import { BUNDLING } from '../../lib/shared/function-bundles.ts'
import { dataUrl, SDK_STUBS } from '../../lib/shared/sdk-stubs.ts'
import type { Outcomes } from '../support/every-operation.ts'
import { answers, type MisbehavingServer, startServer } from '../support/misbehaving-server.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const directory = mkdtempSync(join(tmpdir(), 'stackyard-stubs-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** Bundles a program as functions are bundled. */
async function bundle(name: string, source: { file: string } | { text: string }): Promise<Metafile> {
  const entry =
    'file' in source
      ? { entryPoints: [{ in: source.file, out: name }] }
      : { stdin: { contents: source.text, resolveDir: ROOT }, entryNames: name }
  const { metafile } = await build({ ...BUNDLING, ...entry, absWorkingDir: ROOT, outdir: directory, metafile: true })
  return metafile
}

/** Runs one of them outside of this process's environment. Whoever reads a file of settings there waits for ever. */
async function run(name: string, environment: Record<string, string>): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(directory, `${name}.mjs`)], {
    env: { HOME: directory, AWS_CONFIG_FILE: fifo, AWS_SHARED_CREDENTIALS_FILE: fifo, ...environment },
    timeout: 60_000,
  })
  return stdout
}

const fifo = join(directory, 'fifo')
execFileSync('mkfifo', [fifo])
const metafile = await bundle('operations', { file: 'test/support/every-operation.ts' })

test('no operation of the project needs what the stubs leave out, nor any file of settings', async () => {
  const server = await startServer(answers.json({}))
  try {
    const outcomes: Outcomes = JSON.parse(
      await run('operations', {
        AWS_ENDPOINT_URL: server.url,
        AWS_REGION: 'eu-west-1',
        AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
        AWS_SECRET_ACCESS_KEY: 'secret',
        AWS_SESSION_TOKEN: 'token',
      }),
    )
    expect(new Set(Object.values(outcomes))).toEqual(new Set(['answered']))
    const targets = server.requests.map(operationOf)
    expect(targets.sort()).toEqual(Object.keys(outcomes).sort())
    // A fork's functions may make fewer calls.
    expect(targets).toEqual(expect.arrayContaining(operationsOfFunctions()))
  } finally {
    server.close()
  }
})

/** The operations of the API of connections, by method: unlike the others, it names none in a header. */
const CONNECTION_OPERATIONS: Record<string, string> = {
  POST: 'PostToConnection',
  GET: 'GetConnection',
  DELETE: 'DeleteConnection',
}

function operationOf({ headers, method = '', url = '' }: MisbehavingServer['requests'][number]): string | undefined {
  if (url.startsWith('/@connections/')) return CONNECTION_OPERATIONS[method]
  return String(headers['x-amz-target']).replace(/.*\./, '')
}

/** The names of all commands that functions make. */
function operationsOfFunctions(): string[] {
  const sources = globSync('functions/**/*.ts', { cwd: ROOT }).map((path) => readFileSync(join(ROOT, path), 'utf8'))
  const commands = sources.flatMap((source) =>
    [...source.matchAll(/new (\w+)Command\(/g)].map(([, name]) => name ?? ''),
  )
  return [...new Set(commands)].sort()
}

test.each(Object.entries(SDK_STUBS))('the stub of %s stands for something that the clients still import', (name, {
  contents,
}) => {
  const imported = Object.values(metafile.inputs).flatMap(({ imports }) => imports.map(({ path }) => path))
  // Behind an `import()` a stub is a part of the path itself.
  const standIns = [`sdk-stub:${name}`, dataUrl(contents(join(ROOT, 'package.json')))]
  expect(standIns.some((path) => imported.includes(path))).toBe(true)
})

test('a client says of its package no more than the version, which the stub has', () => {
  const importers = Object.entries(metafile.inputs).filter(([, { imports }]) =>
    imports.some(({ path }) => path === 'sdk-stub:package.json'),
  )
  expect(importers.length).toBeGreaterThan(0)
  for (const [path] of importers) {
    const source = readFileSync(join(ROOT, path), 'utf8')
    const [, name = ''] = /import (\w+) from "[./]*package\.json"/.exec(source) ?? []
    const uses = [...source.matchAll(new RegExp(`\\b${name}\\b(?! from)(\\.\\w+)?`, 'g'))].map(([use]) => use)
    expect(new Set(uses)).toEqual(new Set([`${name}.version`]))
  }
})

test('a client without credentials fails with what is missing', async () => {
  const text = `
    import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
    try {
      new DynamoDBClient({ region: 'eu-west-1' })
    } catch (error) {
      process.stdout.write(error.message, () => process.exit())
    }`
  await bundle('missing', { text })
  const none = join(directory, 'none')
  const stdout = await run('missing', { AWS_CONFIG_FILE: none, AWS_SHARED_CREDENTIALS_FILE: none })
  expect(stdout).toContain('The credential provider chain is left out of the bundle')
})
