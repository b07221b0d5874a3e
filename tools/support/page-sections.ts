import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './settings.ts'

/** The section of a page that a command writes: the text between `<!-- MARK -->` and `<!-- /MARK -->`. */
export interface Section {
  /** The path from the project's root, as in `docs/costs.md`. */
  file: string
  /** The section's name, as in `cost:idle`. */
  mark: string
}

/** Writes the section of a page. @throws Error when the page has no such section. */
export function writePageSection(section: Section, markdown: string): void {
  const path = join(ROOT, section.file)
  const page = withSection(readFileSync(path, 'utf8'), section, markdown)
  writeFileSync(`${path}.new`, page)
  renameSync(`${path}.new`, path)
}

/** Replaces the text of a section. */
export function withSection(page: string, { file, mark }: Section, markdown: string): string {
  const [open, close] = [`<!-- ${mark} -->`, `<!-- /${mark} -->`]
  const [start, end] = [page.indexOf(open), page.indexOf(close)]
  if (start === -1 || end < start) throw new Error(`${file} has no section ${open} … ${close}.`)
  return `${page.slice(0, start + open.length)}\n${markdown.trim()}\n${page.slice(end)}`
}
