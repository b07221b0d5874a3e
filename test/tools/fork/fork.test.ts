import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nextSteps, parseFork, writeFork } from '../../../tools/fork/fork.ts'
import { ROOT } from '../../../tools/support/settings.ts'

const directory = mkdtempSync(join(tmpdir(), 'stackyard-fork-test-'))
afterAll(() => rmSync(directory, { recursive: true }))

test.each([
  ['no system', [], /^Name a system and a directory: npm run fork -- .*url-shortener\.$/],
  ['no directory', ['url-shortener'], /^Name a system and a directory/],
  ['an unknown system', ['shortener', directory], /^There is no system "shortener": the systems are .*url-shortener/],
  ['a companion', ['identity', directory], /^There is no system "identity"/],
  ['an invalid name', ['url-shortener', directory, '--name', 'My Links'], /^"My Links" is not a package name/],
  ['an unknown option', ['url-shortener', directory, '--nmae', 'x'], /^Unknown option '--nmae'/],
  ['a folder in this project', ['url-shortener', join(ROOT, 'forks')], /is inside this project/],
])('%s is refused with one sentence', (_, args, message) => {
  expect(() => parseFork(args)).toThrow(message)
})

test('a directory that is not empty is refused, and stays as it is', () => {
  const file = join(directory, 'mine.txt')
  writeFileSync(file, 'mine')
  expect(() => parseFork(['url-shortener', directory])).toThrow(/is not empty/)
  expect(() => parseFork(['url-shortener', file])).toThrow(/is a file/)
  expect(readFileSync(file, 'utf8')).toBe('mine')
})

test('the name is that of the directory, unless another is given', () => {
  const target = join(directory, 'Links')
  expect(parseFork(['url-shortener', target])).toEqual({ system: 'url-shortener', directory: target, name: 'links' })
  expect(parseFork(['url-shortener', target, '--name', 'my-links']).name).toBe('my-links')
})

test('the printed commands change to the fork’s folder, whatever its name', () => {
  const target = join(directory, "Anna's $(links) & more")
  mkdirSync(target)
  const [cd = ''] = nextSteps({ system: 'url-shortener', directory: target, name: 'links' }).split('\n')
  expect(execFileSync('sh', ['-c', `${cd} && pwd -P`], { encoding: 'utf8' })).toBe(`${realpathSync(target)}\n`)
})

test('the fork has its name, its origin and licence, and no command to create forks', () => {
  const target = join(directory, 'written')
  writeFork({ system: 'url-shortener', directory: target, name: 'my-links' })
  const read = (file: string) => readFileSync(join(target, file), 'utf8')
  const { name, scripts, dependencies } = JSON.parse(read('package.json'))
  expect([name, scripts.fork, scripts.test]).toEqual(['my-links', undefined, 'node tools/stackyard.mjs test'])
  expect(Object.keys(JSON.parse(read('package-lock.json')).packages[''].dependencies)).toEqual(
    Object.keys(dependencies),
  )
  expect(read('README.md')).toMatch(/^# my-links\n/)
  expect(read('NOTICE')).toMatch(/url-shortener.* of Stackyard \d+\.\d+\.\d+ \([0-9a-f]{12}\)/)
  expect(read('LICENSE')).toContain('Apache License')
  expect(existsSync(join(target, 'tools/fork'))).toBe(false)
})

test('tests of pages are included, with their requirements: a browser, its driver and the Jest project', () => {
  const target = join(directory, 'with-pages')
  writeFork({ system: 'url-shortener', directory: target, name: 'my-links' })
  const read = (file: string) => readFileSync(join(target, file), 'utf8')
  const tests = readdirSync(join(target, 'test'), { recursive: true, encoding: 'utf8' })
  expect(tests).toEqual(
    expect.arrayContaining([
      'url-shortener/pages.browser.test.ts',
      'shared/http/html.browser.test.ts',
      'support/browser.ts',
    ]),
  )
  const { devDependencies } = JSON.parse(read('package.json'))
  expect(Object.keys(devDependencies)).toEqual(expect.arrayContaining(['playwright-core', '@sparticuz/chromium']))
  expect(read('jest.config.js')).toContain("project('browser'")
  expect(read('tools/test/run-tests.ts')).toContain("'browser'")
})
