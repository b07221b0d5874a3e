import { existsSync, globSync } from 'node:fs'
import { select, withoutForks } from '../../../tools/fork/selection.ts'
import { importsOf, readSource } from '../../../tools/fork/sources.ts'
import { names, systems } from '../../../tools/fork/systems.ts'

const systemOf = (manifest: string) => JSON.parse(readSource(manifest)).stackyard.system

describe.each(systems())('a fork of %s', (system) => {
  const { files, texts } = select(system)
  const isSource = (file: string) => file.endsWith('.ts')

  test('contains everything that its files import', () => {
    const missing = files.filter(isSource).flatMap((file) => {
      const { files: imported } = importsOf(file, texts.get(file))
      return imported.filter((each) => !files.includes(each)).map((each) => `${file} -> ${each}`)
    })
    expect(missing).toEqual([])
  })

  test('contains its three folders, and no unused shared module', () => {
    for (const folder of ['lib', 'functions', 'test']) {
      expect(files.some((file) => file.startsWith(`${folder}/${system}/`))).toBe(true)
    }
    const imported = new Set(files.filter(isSource).flatMap((file) => importsOf(file, texts.get(file)).files))
    const unused = files.filter((file) => /^(functions|lib)\/shared\/.*\.ts$/.test(file) && !imported.has(file))
    expect(unused).toEqual([])
  })

  test('has the clients for its callers with their tests, and no client or recipe of another system', () => {
    const clients = globSync('clients/*/package.json').map((file) => [file.split('/')[1], systemOf(file)])
    const folders = (owns: boolean) => clients.filter(([, owner]) => (owner === system) === owns).map(([name]) => name)
    const hasFilesOf = (name: string | undefined) => [
      files.some((file) => file.startsWith(`clients/${name}/src/`)),
      files.includes(`clients/${name}/package.json`) && files.includes(`clients/${name}/README.md`),
      files.some((file) => file.startsWith(`test/clients/${name}/`)),
    ]
    expect(folders(true).flatMap(hasFilesOf)).not.toContain(false)
    expect(folders(false).flatMap(hasFilesOf)).not.toContain(true)
    const recipes = files.filter((file) => file.startsWith('docs/recipes/')).map((file) => readSource(file))
    const others = systems().filter((other) => other !== system)
    expect(recipes.filter((text) => others.some((other) => names(text, other)))).toEqual([])
  })

  test('has the console with the pages about all systems and its own, and with their tests', () => {
    const pages = globSync('console/*/page.ts')
    const others = systems().filter((other) => other !== system)
    const isOfOthers = (file: string) => others.some((other) => file.split('/').includes(other))
    const expected = pages.filter((file) => !isOfOthers(file)).sort()
    expect(files.filter((file) => /^console\/[^/]+\/page\.ts$/.test(file))).toEqual(expected)
    expect(expected).toContain('console/overview/page.ts')
    const tests = globSync('test/console/**/*.test.ts').filter((file) => !isOfOthers(file))
    expect(tests.filter((file) => !files.includes(file))).toEqual([])
    const shared = files.filter((file) => /^(console|tools\/console|test\/console)\//.test(file))
    const named = shared.filter((file) => others.some((other) => names(readSource(file), other)))
    expect(named).toEqual([])
  })

  test('can’t create forks itself', () => {
    expect(files.filter((file) => file.includes('fork'))).toEqual([])
    expect([...texts.values()].filter((text) => text.includes('fork'))).toEqual([])
  })
})

test('there are systems to fork, and the configured folders exist', () => {
  expect(systems()).toContain('url-shortener')
  expect(systems().every((system) => existsSync(`lib/${system}/stack.ts`))).toBe(true)
})

test('lines marked as not for forks are removed', () => {
  expect(withoutForks('a\nb // not in a fork\nc\n')).toBe('a\nc\n')
})

test('imports are found in every form, types included, and handlers by their path', () => {
  const text = `import a from './a.ts'
import type { B } from '../b.ts'
export { c } from '@scope/c/deep'
import 'node:fs'
const d = await import('d')
const handler = 'functions/url-shortener/management.handler.ts'
const other = 'functions/no/such.handler.ts'
// import e from './e.ts'`
  expect(importsOf('x/y/z.ts', text)).toEqual({
    files: ['x/y/a.ts', 'x/b.ts', 'functions/url-shortener/management.handler.ts'],
    packages: ['@scope/c', 'd'],
  })
})
