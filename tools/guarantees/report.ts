import type { Guarantee, SystemGuarantees } from './guarantees.ts'

const HEAD = `# Guarantees and their proofs

Every guarantee of every system, the tests that fail when it is broken, and what happens to users under the faults that those tests cause. \`npm run guarantees\` writes
this page: from the tables *Guarantees* and *Faults* of the systems' READMEs, and from the tags \`@proves <system>/<id>\` above tests. A guarantee without a proof, and
a tag without a guarantee, fail the build.

A fault is listed where a test file that shows it also proves the guarantee; an end-to-end test counts only where such tests alone show the fault, because it touches much.
Under all other faults, the system behaves as the fault matrix in its README says. Tests are below \`test/\`; \`%s\` and the like in a title stand for several cases.
`

/** Builds docs/guarantees.md. */
export function guaranteesPage(systems: readonly SystemGuarantees[]): string {
  return [HEAD, ...systems.map(systemSection)].join('\n')
}

function systemSection({ system, title, guarantees }: SystemGuarantees): string {
  const heading = `## ${title}\n\n[The system](../lib/${system}/README.md#guarantees)\n`
  return [heading, ...guarantees.map(guaranteeSection)].join('\n')
}

function guaranteeSection({ id, text, proofs, faults }: Guarantee): string {
  const tests = proofs.map(({ file, title }) => `- \`${nameOf(file)}\`: “${title}”`)
  const effects = faults.map(({ fault, effect }) => `| ${fault} | ${effect} |`)
  const table = effects.length > 0 ? `\n| fault | effect |\n|---|---|\n${effects.join('\n')}\n` : ''
  return `### \`${id}\`\n\n${text}\n\n${tests.join('\n')}\n${table}`
}

function nameOf(file: string): string {
  return file.replace(/^test\//, '')
}
