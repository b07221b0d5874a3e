import { writePageSection } from './page-sections.ts'

/**
 * Replaces the text between `<!-- bench:NAME -->` and `<!-- /bench:NAME -->` in docs/benchmarks.md.
 *
 * @throws Error when the page has no such section.
 */
export function writeSection(name: string, markdown: string): void {
  writePageSection({ file: 'docs/benchmarks.md', mark: `bench:${name}` }, markdown)
}

/** Formats a Markdown table; all columns but the first are aligned to the right. */
export function table(header: string[], rows: string[][]): string {
  const rule = header.map((_, column) => (column === 0 ? '---' : '---:'))
  return [header, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
