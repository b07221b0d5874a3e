import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createFile, withLock } from '../../../tools/local-cloud/lock.ts'
import { processStart } from '../../../tools/support/processes.ts'
import { localCloud } from '../../../tools/support/settings.ts'

const LOCK_MODULE = join(import.meta.dirname, '../../../tools/local-cloud/lock.ts')
let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'stackyard-lock-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

const cloud = () => ({ ...localCloud({ STACKYARD_PORT: '4570' }), directory })
const file = () => join(directory, 'lock')
const own = `${process.pid} ${processStart(process.pid) ?? ''}`

test('a lock is held while the work runs, and released when it succeeds or fails', async () => {
  const held = await withLock(cloud(), async () => readFileSync(file(), 'utf8'))
  expect(held).toBe(own)
  await expect(withLock(cloud(), () => Promise.reject(new Error('failed')))).rejects.toThrow('failed')
  expect(readdirSync(directory)).toEqual([])
})

test('a second command reports the process that holds the lock, and leaves it in place', async () => {
  await withLock(cloud(), async () => {
    const sentence = `Another command (process ${process.pid}) is changing the local cloud of port 4570: wait until it has finished.`
    await expect(withLock(cloud(), async () => {})).rejects.toThrow(sentence)
    expect(readdirSync(directory)).toEqual(['lock'])
  })
})

test.each([
  ['that is empty', ''],
  ['with other content', 'x'],
  ['of a process that has ended', `${spawnSync('true').pid} 1`],
  // The process id is this one's; only Linux can tell that it belonged to another process before.
  ...(process.platform === 'linux' ? [['of a process whose id is reused', `${process.pid} 1`]] : []),
])('a stale lock %s is ignored', async (_, content) => {
  writeFileSync(file(), content ?? '')
  expect(await withLock(cloud(), async () => readFileSync(file(), 'utf8'))).toBe(own)
  expect(readdirSync(directory)).toEqual([])
})

test('of many commands that find a stale lock, one at a time gets it', async () => {
  writeFileSync(file(), '')
  const script = `
    import { withLock } from ${JSON.stringify(LOCK_MODULE)}
    import { mkdirSync, rmdirSync } from 'node:fs'
    const cloud = { directory: ${JSON.stringify(directory)}, port: 4570 }
    await withLock(cloud, async () => {
      mkdirSync(cloud.directory + '/alone')
      await new Promise((resolve) => setTimeout(resolve, 20))
      rmdirSync(cloud.directory + '/alone')
    }).catch((error) => { if (error.name !== 'UserError') { console.error(error); process.exit(1) } })`
  const children = Array.from({ length: 6 }, () =>
    spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'ignore', 'inherit'] }),
  )
  const codes = await Promise.all(children.map(async (child) => (await once(child, 'close'))[0]))
  expect(codes).toEqual([0, 0, 0, 0, 0, 0])
  expect(readdirSync(directory)).toEqual([])
})

test('other errors are thrown unchanged', async () => {
  mkdirSync(file())
  await expect(withLock(cloud(), async () => {})).rejects.toMatchObject({ code: 'EISDIR' })
})

test('a file is created once, and an existing one stays', () => {
  const path = join(directory, 'key')
  expect([createFile(path, 'first'), createFile(path, 'second')]).toEqual([true, false])
  expect([readFileSync(path, 'utf8'), readdirSync(directory)]).toEqual(['first', ['key']])
})
