import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../../tools/support/settings.ts'

const PAGES = globSync(['*.md', 'docs/**/*.md', 'lib/**/*.md'], { cwd: ROOT })
const TESTS = globSync('test/**/*.test.ts', { cwd: ROOT })

/** Tests that a page names; `*` stands for any, and what has a `<placeholder>` or is of the system `x` is no name. */
function testsNamedIn(text: string): string[] {
  const names = text.match(/[\w/<>*.-]*\.test\.ts/g) ?? []
  return names.filter((name) => !name.includes('<') && !/(^|\/)x\//.test(name))
}

function isThere(name: string): boolean {
  const pattern = name.replaceAll(/[.]/g, '\\.').replaceAll('*', '[^/]*')
  return TESTS.some((test) => new RegExp(`(^|/)${pattern}$`).test(test))
}

test('a page that names a test is noticed, with its folder or without, and one that is no name is not', () => {
  const page = '`shared/a.test.ts` and `b.store.test.ts`, `*.e2e.test.ts`; not test/x/<noun>.test.ts, test/x/a.test.ts'
  expect(testsNamedIn(page)).toEqual(['shared/a.test.ts', 'b.store.test.ts', '*.e2e.test.ts'])
})

test('every test that a page names as a proof is there', () => {
  const named = PAGES.flatMap((page) =>
    testsNamedIn(readFileSync(join(ROOT, page), 'utf8')).map((test) => [page, test]),
  )
  expect(named.length).toBeGreaterThan(10)
  expect(named.filter(([, test = '']) => !isThere(test))).toEqual([])
})
