import { dirname, join } from 'node:path'
import { pascalCase } from '../support/case.ts'
import { readSource } from './sources.ts'
import { names } from './systems.ts'

export interface ForkContents {
  /** The files of the fork. */
  files: ReadonlySet<string>
  /** Folders of `lib` whose stacks are not in the fork. */
  others: readonly string[]
  /** The folder of the system that the fork is of. */
  system: string
}

/**
 * Reduces a page of the origin to a fork's: removes table rows, list items, paragraphs and links about what the fork
 * doesn't have. Commands that take any stack name the fork's.
 */
export function adaptPage(file: string, text: string, { files, others, system }: ForkContents): string {
  const isAway = (line: string) =>
    /npm run fork|--all-forks/.test(line) || others.some((other) => names(line, other)) || namesOnlyMissing(line, files)
  const lines = text.split('\n').filter((line) => !/^(\||- )/.test(line) || !isAway(line))
  const kept = withoutBlocksAbout(lines.join('\n'), others)
  return unlink(inOwnCommands(kept, { others, system }), dirname(file), files)
}

/** Removes paragraphs that name another system, with the table below such a title in bold; code and comments stay. */
function withoutBlocksAbout(text: string, others: readonly string[]): string {
  let isCode = false
  let isUnderTitle = false
  const reduce = (block: string): string[] => {
    const fences = block.match(/^```/gm)?.length ?? 0
    const hasCode = isCode || fences > 0
    if (fences % 2 === 1) isCode = !isCode
    const isTable = /^\|/.test(block)
    const isAway = isTable ? isUnderTitle : !/^#/.test(block) && others.some((other) => names(block, other))
    isUnderTitle = !hasCode && isAway && /^\*\*[^\n]*\*\*$/m.test(block)
    if (hasCode || !isAway) return [block]
    const comments = block.split('\n').filter((line) => line.startsWith('<!--'))
    return comments.length > 0 ? [comments.join('\n')] : []
  }
  return text.split('\n\n').flatMap(reduce).join('\n\n')
}

/** Puts the fork's stack in the place of others in code blocks. */
function inOwnCommands(text: string, { others, system }: Pick<ForkContents, 'others' | 'system'>): string {
  return text.replaceAll(/^```[\s\S]*?^```$/gm, (code) =>
    others.reduce(
      (own, other) => own.replaceAll(new RegExp(`\\b${pascalCase(other)}\\b`, 'g'), pascalCase(system)),
      code,
    ),
  )
}

/** Matches a table row whose first cell names source files, none of which is in the fork. */
function namesOnlyMissing(line: string, files: ReadonlySet<string>): boolean {
  const [, cell = ''] = /^\| *([^|]*)\|/.exec(line) ?? []
  const sources = [...cell.matchAll(/`([\w./-]+\.ts)`/g)].map(([, name = '']) => name)
  return sources.length > 0 && !sources.some((name) => [...files].some((file) => file.endsWith(`/${name}`)))
}

/** Replaces `[text](file)` by `text` if the file doesn't exist; links to the web and within the page stay. */
function unlink(text: string, directory: string, files: ReadonlySet<string>): string {
  return text.replaceAll(/(?<!!)\[([^\]]+)\]\(([^)\s]+)\)/g, (link, label: string, target: string) => {
    if (/^([a-z]+:|#)/.test(target)) return link
    const path = join(directory, target.replace(/#.*$/, '')).replace(/\/$/, '')
    const isThere = files.has(path) || [...files].some((file) => file.startsWith(`${path}/`))
    return isThere ? link : label
  })
}

/** Keeps the runbooks of alarms that the fork's constructs and stacks have. */
export function keepRunbooks(page: string, sources: readonly string[]): string {
  const [head = '', ...sections] = page.split(/^(?=## )/m)
  const isNamed = (section: string) => {
    const anchor = /^## (.+)$/m.exec(section)?.[1] ?? ''
    return sources.some((text) => text.includes(`'${anchor}'`))
  }
  return [head, ...sections.filter(isNamed)].join('')
}

/**
 * Builds the README of a fork: a description of its system, in the system's own words, and how to run and deploy it.
 */
export function forkReadme(
  { name, system, version }: { name: string; system: string; version: string },
  contents: ForkContents,
): string {
  const page = `lib/${system}/README.md`
  const [, title = system, intro = ''] =
    /^# (.+)\n\n([\s\S]*?)\n\n/.exec(adaptPage(page, readSource(page), contents)) ?? []
  const origin = adaptPage('README.md', readSource('README.md'), contents)
  const commands = /^```sh\n[\s\S]*?^```$\n\n.+$/m.exec(origin)?.[0] ?? ''
  const [, links = ''] = /^## More\n\n([\s\S]*?)\n\n/m.exec(origin) ?? []
  return `# ${name}

${title}, forked from Stackyard ${version}. ${unlink(rebase(intro, `lib/${system}`), '.', contents.files)}

${commands}

[The system](lib/${system}/README.md) has its picture, its faults, and links to its API, data model and costs. \`npx cdk deploy ${pascalCase(system)}\` deploys it to
AWS, [step by step](docs/deploy.md).

${links}

See [LICENSE](LICENSE) and [NOTICE](NOTICE).
`
}

/** Rebases the links of a page in a folder to the project's root. */
function rebase(text: string, directory: string): string {
  return text.replaceAll(/\]\(([^):\s]+)\)/g, (link, target: string) =>
    target.startsWith('#') ? link : `](${join(directory, target)})`,
  )
}

/**
 * Adds the origin's notice: https://www.apache.org/licenses/LICENSE-2.0, section 4, requires derived works to keep a
 * NOTICE.
 */
export function notice({ system, version }: { system: string; version: string }): string {
  return `This repository began as a fork of the system "${system}" of Stackyard ${version},
licensed under the Apache License, Version 2.0 (see LICENSE).
`
}
