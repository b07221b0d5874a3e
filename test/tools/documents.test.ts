import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../../tools/support/settings.ts'

const PAGES = globSync(['*.md', 'docs/**/*.md', 'lib/**/*.md'], { cwd: ROOT })
const TESTS = globSync('test/**/*.test.ts', { cwd: ROOT })

/**
 * Finds the tests that a page names. Patterns with `*` stand for a kind of test, which a fork may lack; names with a
 * `<placeholder>` or of the system `x` are examples.
 */
function testsNamedIn(text: string): string[] {
  const names = text.match(/[\w/<>*.-]*\.test\.ts/g) ?? []
  return names.filter((name) => !/[<*]/.test(name) && !/(^|\/)x\//.test(name))
}

function isThere(name: string): boolean {
  return TESTS.some((test) => `/${test}`.endsWith(`/${name}`))
}

test('names of tests are found, with or without their folder, and patterns and placeholders are skipped', () => {
  const page = '`shared/a.test.ts` and `b.store.test.ts`; not `*.e2e.test.ts`, test/x/<noun>.test.ts, test/x/a.test.ts'
  expect(testsNamedIn(page)).toEqual(['shared/a.test.ts', 'b.store.test.ts'])
})

test('every test that a page names as a proof exists', () => {
  const named = PAGES.flatMap((page) =>
    testsNamedIn(readFileSync(join(ROOT, page), 'utf8')).map((test) => [page, test]),
  )
  expect(named.length).toBeGreaterThan(10)
  expect(named.filter(([, test = '']) => !isThere(test))).toEqual([])
})
