import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { run } from '../support/processes.ts'
import { ROOT } from '../support/settings.ts'
import type { Counts } from './jest.ts'

/**
 * Type-checks the first example of each page of docs/modules, as a file of that folder. A page without one fails.
 */
export async function checkExamples(): Promise<Counts> {
  // The folder is as deep as docs/modules, so that the relative imports of the examples resolve.
  const directory = join(ROOT, '.build', 'examples')
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(directory, { recursive: true })
  const pages = globSync(join(ROOT, 'docs/modules/*.md'))
  const empty = pages.filter((page) => {
    const example = /^```ts\n([\s\S]*?)^```$/m.exec(readFileSync(page, 'utf8'))?.[1]
    if (example) writeFileSync(join(directory, `${basename(page, '.md')}.ts`), example)
    return !example
  })
  for (const page of empty) console.error(`${page} has no example.`)
  const config = { extends: '../../functions/tsconfig.json', include: ['.'] }
  writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(config))
  const status = await run('npx', ['tsc', '--noEmit', '-p', directory], { cwd: ROOT })
  const ok = status === 0 && empty.length === 0
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1 }
}
