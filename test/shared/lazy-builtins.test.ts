import { resolve } from 'node:path'
import { build } from 'esbuild'
import { BUNDLING } from '../../lib/shared/function-bundles.ts'
import { bundle, run } from '../support/bundled-programs.ts'

const ROOT = resolve(import.meta.dirname, '../..')

test('a part of Node that is loaded on its first call is not loaded before, and works', async () => {
  const text = `
    import { readFile } from 'node:fs/promises'
    const isLoaded = () => process.moduleLoadList.includes('NativeModule fs/promises')
    const steps = [isLoaded(), (await readFile('/dev/null')).byteLength, isLoaded()]
    process.stdout.write(JSON.stringify(steps))`
  await bundle('first-call', { text })
  expect(JSON.parse(await run('first-call', {}))).toEqual([false, 0, true])
})

test('a part of Node is the same by its default, its names and as a whole', async () => {
  const text = `
    import crypto, { createHash } from 'node:crypto'
    import * as whole from 'crypto'
    const same = [createHash, whole.createHash].map((each) => each === crypto.createHash)
    process.stdout.write(JSON.stringify([...same, crypto === process.getBuiltinModule('crypto')]))`
  await bundle('same', { text })
  expect(JSON.parse(await run('same', {}))).toEqual([true, true, true])
})

test('a package that requires a part of Node gets the part itself, which may be a function', async () => {
  const text = `
    const Stream = require('stream')
    process.stdout.write(JSON.stringify([typeof Stream, typeof Stream.prototype, typeof require('node:util').inherits]))`
  await bundle('required', { text })
  expect(JSON.parse(await run('required', {}))).toEqual(['function', 'object', 'function'])
})

test('what nobody imports of a part of Node is not in the bundle', async () => {
  const { outputs } = await bundle('one', { text: `import { sep } from 'node:path'; process.stdout.write(sep)` })
  expect(Math.max(...Object.values(outputs).map(({ bytes }) => bytes))).toBeLessThan(120)
  expect(await run('one', {})).toBe('/')
})

test('no call of the SDK asks for the web’s streams, which Node would load for it', async () => {
  const { outputFiles } = await build({
    ...BUNDLING,
    absWorkingDir: ROOT,
    entryPoints: ['test/support/every-operation.ts'],
    outdir: 'none',
    write: false,
  })
  const code = outputFiles.map(({ text }) => text).join()
  expect(code).toContain('streamCollector')
  expect(code).not.toMatch(/\b(ReadableStream|Blob)\b/)
})
