import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../local-cloud/settings.ts'

const FILE = join(ROOT, 'docs', 'costs.md')

/**
 * Replaces what stands between `<!-- cost:NAME -->` and `<!-- /cost:NAME -->` in docs/costs.md.
 *
 * @throws Error when the page has no such section.
 */
export function writeSection(name: string, markdown: string): void {
  const page = withSection(readFileSync(FILE, 'utf8'), name, markdown)
  writeFileSync(`${FILE}.new`, page)
  renameSync(`${FILE}.new`, FILE)
}

/** The page with another text in a section. */
export function withSection(page: string, name: string, markdown: string): string {
  const [open, close] = [`<!-- cost:${name} -->`, `<!-- /cost:${name} -->`]
  const [start, end] = [page.indexOf(open), page.indexOf(close)]
  if (start === -1 || end < start) throw new Error(`docs/costs.md has no section ${open} … ${close}.`)
  return `${page.slice(0, start + open.length)}\n${markdown.trim()}\n${page.slice(end)}`
}
