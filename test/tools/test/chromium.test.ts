import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { installedChromium } from '../../../tools/test/chromium.ts'

const directory = mkdtempSync(join(tmpdir(), 'stackyard-chromium-test-'))
afterAll(() => rmSync(directory, { recursive: true }))

function folderWith(name: string, ...programs: string[]): string {
  const folder = join(directory, name)
  mkdirSync(folder)
  for (const program of programs) writeFileSync(join(folder, program), '')
  return folder
}

test('installed browsers are those on the search path, in its order', () => {
  const first = folderWith('first', 'google-chrome', 'node')
  const second = folderWith('second', 'chromium', 'google-chrome')
  const PATH = [first, '', join(directory, 'missing'), second].join(delimiter)
  const paths = installedChromium({ PATH }).map(({ executablePath }) => executablePath)
  const onPath = paths.filter((path) => path.startsWith(directory))
  expect(onPath).toEqual([join(first, 'google-chrome'), join(second, 'chromium'), join(second, 'google-chrome')])
})

test('the browser that CHROME_PATH names is the only one, even if it doesn’t exist', () => {
  const PATH = folderWith('third', 'chromium')
  expect(installedChromium({ PATH, CHROME_PATH: '/my/chrome' })).toEqual([{ executablePath: '/my/chrome' }])
})
