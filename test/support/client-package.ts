import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')

/**
 * Builds the package `clients/<name>` as its users do, without the types of Node, in a folder that is removed after the
 * test file.
 *
 * @returns its manifest, and the names that each entry exports when plain Node runs it.
 */
export function builtClient(name: string): { manifest: Record<string, unknown>; exported: string[] } {
  const source = join(ROOT, 'clients', name)
  const manifest = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'))
  mkdirSync(join(ROOT, '.build'), { recursive: true })
  const directory = mkdtempSync(join(ROOT, '.build', `${name}-client-`))
  afterAll(() => rmSync(directory, { recursive: true }))
  execFileSync(join(ROOT, 'node_modules', '.bin', 'tsc'), ['-p', source, '--outDir', join(directory, 'dist')])
  const entries = Object.values<{ types: string; default: string }>(manifest.exports)
  const exported = entries.map(({ types, default: code }) => {
    expect(readFileSync(join(directory, types), 'utf8')).toContain('export')
    const entry = JSON.stringify(join(directory, code))
    const script = `import(${entry}).then((exported) => console.log(Object.keys(exported).join()))`
    return execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }).trim()
  })
  return { manifest, exported }
}
