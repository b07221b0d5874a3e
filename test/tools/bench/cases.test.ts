import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { coldCases, warmCases } from '../../../tools/bench/cases.ts'
import { sampleInTurns } from '../../../tools/bench/measure.ts'

const directories: string[] = []
afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true })
})

/** Creates a folder of benchmarks with these files. */
function benchWith(files: Record<string, string>): string {
  const directory = mkdtempSync(join(tmpdir(), 'stackyard-bench-cases-'))
  directories.push(directory)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(directory, name, '..'), { recursive: true })
    writeFileSync(join(directory, name), text)
  }
  return directory
}

test('cases are found in the folders of systems, by the suffixes of their names', async () => {
  const directory = benchWith({
    'one/b.warm.ts': "export const warm = { title: 'one b' }",
    'one/a.cold.ts': "export const cold = { entry: 'one a' }",
    'one/usual-b.ts': 'export const handler = 1',
    'two/c.warm.ts': "export const warm = { title: 'two c' }",
    'generic.warm.ts': "export const warm = { title: 'no system' }",
  })
  const warm = await warmCases(directory)
  expect(warm.map((found) => [found.folder, found.case.title])).toEqual([
    [join(directory, 'one'), 'one b'],
    [join(directory, 'two'), 'two c'],
  ])
  expect((await coldCases(directory)).map((found) => found.case.entry)).toEqual(['one a'])
})

test('a fork whose systems measure nothing has no cases', async () => {
  const directory = benchWith({ 'bench.ts': '' })
  expect(await warmCases(directory)).toEqual([])
  expect(await coldCases(directory)).toEqual([])
})

test('a case with another export is reported by name', async () => {
  const directory = benchWith({ 'one/b.warm.ts': 'export const cold = {}' })
  await expect(warmCases(directory)).rejects.toThrow(`${join(directory, 'one/b.warm.ts')} exports no "warm".`)
})

test('the handlers for comparison are in the same folder as the case', async () => {
  const files = [
    ...(await warmCases()).flatMap(({ folder, case: { usual } }) => (usual ? [join(folder, usual)] : [])),
    ...(await coldCases()).flatMap(({ folder, case: { others } }) => others.map(({ file }) => join(folder, file))),
  ]
  expect(files.filter((file) => !existsSync(file))).toEqual([])
})

test('every round takes one sample of each subject, and starts with another one', async () => {
  const order: string[] = []
  const taken = await sampleInTurns(['a', 'b', 'c'], 4, async (subject) => order.push(subject))
  expect(order.join('')).toBe('abcbcacababc')
  expect(taken).toEqual([
    { subject: 'a', samples: [1, 6, 8, 10] },
    { subject: 'b', samples: [2, 4, 9, 11] },
    { subject: 'c', samples: [3, 5, 7, 12] },
  ])
})

test('without subjects there are no samples', async () => {
  expect(await sampleInTurns([], 3, async () => 1)).toEqual([])
})
