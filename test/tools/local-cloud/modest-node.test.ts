import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { modestNode } from '../../../tools/local-cloud/modest-node.ts'

const directory = mkdtempSync(join(tmpdir(), 'modest-'))
afterAll(() => rmSync(directory, { recursive: true }))

test('functions run at the lowest priority, whatever the path of Node', () => {
  const node = join(directory, "it's here")
  symlinkSync(process.execPath, node)
  const modest = join(modestNode(join(directory, 'bin'), node), 'node')
  const told = execFileSync(modest, ['-p', '[os.getPriority(), process.argv[1], process.version]', 'a b'])
  expect(String(told)).toBe(`[ 19, 'a b', '${process.version}' ]\n`)
})
