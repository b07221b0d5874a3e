import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../../..')
const manifest = JSON.parse(readFileSync(join(ROOT, 'clients/chat/package.json'), 'utf8'))

mkdirSync(join(ROOT, '.build'), { recursive: true })
const directory = mkdtempSync(join(ROOT, '.build', 'chat-client-'))
afterAll(() => rmSync(directory, { recursive: true }))

test('the package has no dependency', () => {
  expect(manifest).not.toHaveProperty('dependencies')
  expect(manifest).not.toHaveProperty('peerDependencies')
})

test('it is built without the types of Node, and plain Node runs every entry', () => {
  const tsc = join(ROOT, 'node_modules', '.bin', 'tsc')
  execFileSync(tsc, ['-p', join(ROOT, 'clients/chat'), '--outDir', join(directory, 'dist')])
  const entries = Object.values<{ types: string; default: string }>(manifest.exports)
  const names = entries.map(({ types, default: code }) => {
    expect(readFileSync(join(directory, types), 'utf8')).toContain('export')
    const script = `import(${JSON.stringify(join(directory, code))}).then((entry) => console.log(Object.keys(entry).join()))`
    return execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }).trim()
  })
  expect(names).toEqual(['createChatClient', 'createRoomView', 'ChatProblem,ChatUnavailable,CommitFailed', '', ''])
})
