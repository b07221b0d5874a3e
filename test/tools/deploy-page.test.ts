import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Access } from '../../lib/shared/access.ts'
import { journeyOf, stacksWithJourney } from '../../tools/smoke/smoke.ts'
import { pascalCase } from '../../tools/support/case.ts'
import { ROOT } from '../../tools/support/settings.ts'

const PAGE = readFileSync(join(ROOT, 'docs/deploy.md'), 'utf8')
const SYSTEMS = globSync('lib/*/access.ts', { cwd: ROOT })
  .map((file) => file.split(/[\\/]/)[1] ?? '')
  .filter((folder) => folder !== 'shared')

/** Returns the cells of a stack's row in the table of a section. */
function rowOf(section: string, stack: string): string[] {
  const text = PAGE.split(/^## /m).find((part) => part.startsWith(`${section}\n`)) ?? ''
  const row = text.split('\n').find((line) => line.startsWith(`| \`${stack}\` |`)) ?? ''
  return row.split('|').map((cell) => cell.trim())
}

/** Returns the names in backticks. */
function codesIn(cell = ''): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)
}

async function accessOf(folder: string): Promise<Access> {
  const [access] = Object.values<Access>(await import(join(ROOT, 'lib', folder, 'access.ts')))
  if (!access) throw new Error(`lib/${folder}/access.ts exports nothing.`)
  return access
}

/** Returns the groups of a cell with their scopes; a group without a list has all of them. */
function groupsIn(cell: string, all: readonly string[]): [string, readonly string[]][] {
  return [...cell.matchAll(/`([^`]+)`(?: \(([^)]+)\))?/g)].map(([, name = '', scopes]) => [
    name,
    scopes?.split(', ') ?? all,
  ])
}

test('there are systems to compare with docs/deploy.md', () => {
  expect(SYSTEMS).not.toEqual([])
})

describe.each(SYSTEMS)('docs/deploy.md names for %s', (folder) => {
  test('all scopes, as tokens of any issuer have them', async () => {
    const { resourceServer, scopes } = await accessOf(folder)
    const [, , named] = rowOf('A user', pascalCase(folder))
    const names = Object.keys(scopes).map((name) => (name === resourceServer ? name : `${resourceServer}:${name}`))
    expect(codesIn(named)).toEqual(names)
  })

  test('all groups, with the scopes of each', async () => {
    const { scopes, groups } = await accessOf(folder)
    const [, , , named = ''] = rowOf('A user', pascalCase(folder))
    expect(Object.fromEntries(groupsIn(named, Object.keys(scopes)))).toEqual(groups)
  })
})

test.each(stacksWithJourney())('docs/deploy.md names the scopes that the smoke test of %s needs', async (stack) => {
  const [, , named] = rowOf('Smoke test', stack)
  expect(codesIn(named).join(' ')).toBe((await journeyOf(stack)).scope)
})
