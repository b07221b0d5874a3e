import { globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { dataUrl, SDK_STUBS, withPlainKeys } from '../../lib/shared/sdk-stubs.ts'
import { bundle, lambdaEnvironment, run } from '../support/bundled-programs.ts'
import { commandsIn } from '../support/commands-in.ts'
import type { Operation } from '../support/every-operation.ts'
import { answers, startServer } from '../support/misbehaving-server.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const metafile = await bundle('operations', { file: 'test/support/every-operation.ts' })

test('no operation of the project needs what the stubs leave out, nor any file of settings', async () => {
  const server = await startServer(answers.json({}))
  try {
    const outcomes: Record<Operation, string> = JSON.parse(await run('operations', lambdaEnvironment(server.url)))
    expect(new Set(Object.values(outcomes))).toEqual(new Set(['answered']))
    const targets = server.requests.map(({ headers }) => String(headers['x-amz-target']).replace(/.*\./, ''))
    expect(targets.sort()).toEqual(Object.keys(outcomes).sort())
    // A fork's functions may make fewer calls.
    expect(targets).toEqual(expect.arrayContaining(operationsOfFunctions()))
  } finally {
    server.close()
  }
})

/**
 * Clients that a fork may not have, each with a test of its own: `connections-bundle.test.ts`, `s3-bundle.test.ts` and
 * `senders-bundle.test.ts`. Requests to the first two don't name their operation.
 */
const OTHERS = ['connections', 'bucket', 'multipart-upload', 'signed-urls', 'email', 'push', 'sms'].map(
  (name) => `functions/shared/aws/${name}.ts`,
)

/** The names of all commands that functions make, except those of these clients. */
function operationsOfFunctions(): string[] {
  return commandsIn(globSync('functions/**/*.ts', { cwd: ROOT, exclude: OTHERS }))
}

test.each(Object.entries(SDK_STUBS))('the stub of %s stands for something that the clients still import', (name, {
  contents,
}) => {
  const imported = Object.values(metafile.inputs).flatMap(({ imports }) => imports.map(({ path }) => path))
  // Behind an `import()` a stub is a part of the path itself.
  const standIns = [`sdk-stub:${name}`, dataUrl(contents(join(ROOT, 'package.json')))]
  expect(standIns.some((path) => imported.includes(path))).toBe(true)
})

test('a computed key that is a constant becomes a plain one, so that unused schemas are left out', () => {
  const source = 'const _a = "first-key";\nexport var A = [{ [_a]: _a, [_b]: 1 }];'
  expect(withPlainKeys(source)).toBe('const _a = "first-key";\nexport var A = [{ "first-key": _a, [_b]: 1 }];')
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
  const none = join(ROOT, 'no-such-file')
  const stdout = await run('missing', { AWS_CONFIG_FILE: none, AWS_SHARED_CREDENTIALS_FILE: none })
  expect(stdout).toContain('The credential provider chain is left out of the bundle')
})
