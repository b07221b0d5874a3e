import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const FILE = join(import.meta.dirname, '../../docs/benchmarks.md')

/**
 * Replaces what stands between `<!-- bench:NAME -->` and `<!-- /bench:NAME -->` in docs/benchmarks.md.
 *
 * @throws Error when the page has no such section.
 */
export function writeSection(name: string, markdown: string): void {
  const page = readFileSync(FILE, 'utf8')
  const [open, close] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`]
  const start = page.indexOf(open)
  const end = page.indexOf(close)
  if (start === -1 || end < start) throw new Error(`docs/benchmarks.md has no section ${open} … ${close}.`)
  writeFileSync(`${FILE}.new`, `${page.slice(0, start + open.length)}\n${markdown.trim()}\n${page.slice(end)}`)
  renameSync(`${FILE}.new`, FILE)
}

/** A Markdown table; all columns but the first are aligned to the right. */
export function table(header: string[], rows: string[][]): string {
  const rule = header.map((_, column) => (column === 0 ? '---' : '---:'))
  return [header, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
