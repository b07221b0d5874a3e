import { dirname, join, parse as parsePath } from 'node:path'
import { withoutProofsOf } from '../guarantees/proofs.ts'
import { reduceApp } from './reduce-app.ts'
import { type Imports, importsOf, isSource, projectFiles, readSource } from './sources.ts'
import { isCompanion, names, stackFolders } from './systems.ts'

/** The contents of a fork. */
export interface Selection {
  /** Paths relative to the project's root, sorted. */
  files: string[]
  /** Texts that differ from the origin's, by file. */
  texts: Map<string, string>
  /** Folders of `lib` whose stacks are not in it. */
  others: string[]
}

/**
 * Paths that no fork has: the tool that creates forks, comparisons with other projects, and files that are written from
 * scratch.
 */
const NOT_FORKED = new RegExp(
  [
    '^docs/decisions/\\d+-fork-|^test/tools/(comments|documents)\\.test\\.ts$',
    '^tools/fork/|^tools/test/fork(s|-tests)\\.ts$|^test/tools/fork/',
    '^tools/bench/rate-limit/|^test/tools/bench/rate-limit\\.test\\.ts$',
    '^package-lock\\.json$|^NOTICE$',
  ].join('|'),
)

/** Paths that a fork has only if they are about one of its parts. */
const BY_CONTENT = /^(lib|functions|clients|test|docs)\//

const ENTRY = 'bin/app.ts'
const COMMANDS = 'tools/main.ts'
/** Files that jest.config.js names. */
const SETUP = ['test/support/template-setup.ts', 'test/support/template-teardown.ts']

/**
 * Selects the files of a fork of one system by following imports: its own folders and those of companion stacks, the
 * clients for its callers, the shared modules and constructs that they use, the tools, and the shared tests and
 * documents about any of these.
 */
export function select(system: string): Selection {
  const { app, stacks } = stacksOf(system)
  const others = stackFolders().filter((folder) => !stacks.includes(folder))
  const candidates = projectFiles().filter((file) => !NOT_FORKED.test(file) && !isOf(file, others))
  const texts = new Map([
    [ENTRY, app],
    [COMMANDS, withoutForks(readSource(COMMANDS))],
    ['tools/test/run-tests.ts', withoutForks(readSource('tools/test/run-tests.ts'))],
    ['tools/bench/bench.ts', withoutForks(readSource('tools/bench/bench.ts'))],
  ])

  const closure = createClosure(texts)
  const isOwn = (file: string) =>
    !BY_CONTENT.test(file) || stacks.some((stack) => file.split('/')[1] === stack || systemOfClient(file) === stack)
  const kept = closure([...candidates.filter((file) => isOwn(file) && !file.startsWith('docs/')), ...SETUP])
  kept.add('functions/tsconfig.json')

  const sharedTests = candidates.filter((file) => /^test\/(console|shared|support|tools)\/.*\.test\.ts$/.test(file))
  const fitting = sharedTests.map((test) => closure([test])).filter((files) => isAbout(files, { kept, others }))
  for (const files of fitting) for (const file of files) kept.add(file)
  for (const file of candidates) if (isSnapshotOf(file, kept) || isDocumentOf(file, { kept, others })) kept.add(file)
  for (const file of kept) {
    if (!/^test\/.*\.test\.ts$/.test(file)) continue
    const [text, own] = [readSource(file), withoutProofsOf(readSource(file), others)]
    if (own !== text) texts.set(file, own)
  }
  return { files: [...kept].sort(), texts, others }
}

/** Reduces `bin/app.ts` to one system, and lists the folders of the remaining stacks. */
function stacksOf(system: string): { app: string; stacks: string[] } {
  const dropped = stackFolders().filter((folder) => folder !== system && !isCompanion(folder))
  const app = reduceApp(readSource(ENTRY), dropped)
  const { files } = importsOf(ENTRY, app)
  return { app, stacks: stackFolders().filter((folder) => files.some((file) => file.startsWith(`lib/${folder}/`))) }
}

/** Drops lines that are marked as not for forks. */
export function withoutForks(text: string): string {
  return text.replaceAll(/^.*\/\/ not in a fork\n/gm, '')
}

/**
 * Checks whether a file belongs to one of the systems, by its path: `tools/bench/chat/load.ts`,
 * `docs/api/chat.openapi.json`.
 */
function isOf(file: string, systems: readonly string[]): boolean {
  return file.split('/').some((part) => systems.some((system) => part === system || part.startsWith(`${system}.`)))
}

/**
 * Returns the system that a client is for, as its package says; `undefined` for files that belong to no client and to
 * no client's tests.
 */
function systemOfClient(file: string): string | undefined {
  const [, name] = /^(?:test\/)?clients\/([^/]+)\//.exec(file) ?? []
  return name && JSON.parse(readSource(`clients/${name}/package.json`)).stackyard.system
}

/**
 * Follows imports from some files to everything that they reach.
 *
 * @param texts of files that differ from the project's, or don't exist in it.
 */
export function createClosure(texts: ReadonlyMap<string, string>): (files: readonly string[]) => Set<string> {
  const known = new Map<string, Imports>()
  const read = (file: string) => {
    const imports = known.get(file) ?? importsOf(file, texts.get(file) ?? readSource(file))
    known.set(file, imports)
    return imports
  }
  return (files) => {
    const reached = new Set<string>()
    const follow = (file: string) => {
      if (reached.has(file)) return
      reached.add(file)
      if (isSource(file)) read(file).files.forEach(follow)
    }
    files.forEach(follow)
    return reached
  }
}

interface Kept {
  kept: ReadonlySet<string>
  others: readonly string[]
}

/** Checks whether a test, with all its imports, is about files of the fork and names no others. */
function isAbout(files: ReadonlySet<string>, { kept, others }: Kept): boolean {
  return [...files].every((file) => {
    if (kept.has(file)) return true
    const text = withoutProofsOf(readSource(file), others)
    return file.startsWith('test/') && !isOf(file, others) && !others.some((other) => names(text, other))
  })
}

function isSnapshotOf(file: string, kept: ReadonlySet<string>): boolean {
  const { dir, base, ext } = parsePath(file)
  return ext === '.snap' && kept.has(join(dirname(dir), base.slice(0, -ext.length)))
}

/**
 * Keeps a page about a module if the fork has the imports of its example, and a decision or a recipe if the fork has
 * the systems that it names.
 */
function isDocumentOf(file: string, { kept, others }: Kept): boolean {
  if (!file.startsWith('docs/')) return false
  if (/^docs\/(decisions|recipes)\//.test(file)) return !others.some((other) => names(readSource(file), other))
  if (!file.startsWith('docs/modules/')) return true
  const [, example = ''] = /^```ts\n([\s\S]*?)^```$/m.exec(readSource(file)) ?? []
  return importsOf(file, example).files.every((imported) => kept.has(imported))
}
