import { dirname, join, parse as parsePath } from 'node:path'
import { reduceApp } from './reduce-app.ts'
import { type Imports, importsOf, isSource, projectFiles, readSource } from './sources.ts'
import { isCompanion, names, stackFolders } from './systems.ts'

/** What a fork is made of. */
export interface Selection {
  /** Relative to the project's root, sorted. */
  files: string[]
  /** Texts that differ from the origin's, by file. */
  texts: Map<string, string>
  /** Folders of `lib` whose stacks are not in it. */
  others: string[]
}

/** Not in a fork: what makes forks, comparisons with other projects, and what is written anew. */
const NOT_FORKED = new RegExp(
  [
    '^docs/decisions/\\d+-fork-',
    '^tools/fork/|^tools/test/fork(s|-tests)\\.ts$|^test/tools/fork/',
    '^tools/bench/rate-limit/|^test/tools/bench/rate-limit\\.test\\.ts$',
    '^package-lock\\.json$|^NOTICE$',
  ].join('|'),
)

/** What is in a fork by what it is about, and not as a matter of course. */
const BY_CONTENT = /^(lib|functions|clients|test|docs)\//

const ENTRY = 'bin/app.ts'
const COMMANDS = 'tools/main.ts'
/** Named by jest.config.js. */
const SETUP = 'test/support/bundle-setup.ts'

/**
 * The files of a fork of one system, found from imports: its own folders and those of the stacks that come along, the
 * clients of its callers, the shared modules and constructs that they use, the tools, and of the shared tests and documents those about what is in
 * it.
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
  const kept = closure([...candidates.filter((file) => isOwn(file) && !file.startsWith('docs/')), SETUP])
  kept.add('functions/tsconfig.json')

  const sharedTests = candidates.filter((file) => /^test\/(shared|support|tools)\/.*\.test\.ts$/.test(file))
  const fitting = sharedTests.map((test) => closure([test])).filter((files) => isAbout(files, { kept, others }))
  for (const files of fitting) for (const file of files) kept.add(file)
  for (const file of candidates) if (isSnapshotOf(file, kept) || isDocumentOf(file, { kept, others })) kept.add(file)
  return { files: [...kept].sort(), texts, others }
}

/** `bin/app.ts` reduced to one system, and the folders of the stacks that it then has. */
function stacksOf(system: string): { app: string; stacks: string[] } {
  const dropped = stackFolders().filter((folder) => folder !== system && !isCompanion(folder))
  const app = reduceApp(readSource(ENTRY), dropped)
  const { files } = importsOf(ENTRY, app)
  return { app, stacks: stackFolders().filter((folder) => files.some((file) => file.startsWith(`lib/${folder}/`))) }
}

/** Lines that say of themselves that a fork has no use for them. */
export function withoutForks(text: string): string {
  return text.replaceAll(/^.*\/\/ not in a fork\n/gm, '')
}

/** Whether a file is about one of the systems, by its path: `tools/bench/chat/load.ts`, `docs/api/chat.openapi.json`. */
function isOf(file: string, systems: readonly string[]): boolean {
  return file.split('/').some((part) => systems.some((system) => part === system || part.startsWith(`${system}.`)))
}

/**
 * Returns the system whose callers a client is for, as its package says; `undefined` for files that are not of a client or
 * of its tests.
 */
function systemOfClient(file: string): string | undefined {
  const [, name] = /^(?:test\/)?clients\/([^/]+)\//.exec(file) ?? []
  return name && JSON.parse(readSource(`clients/${name}/package.json`)).stackyard.system
}

/**
 * Follows imports from some files to all that they reach.
 *
 * @param texts of files that are not, or not so, in the project.
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

/** Whether a test, with all that it imports, is about what is in the fork and names nothing else. */
function isAbout(files: ReadonlySet<string>, { kept, others }: Kept): boolean {
  return [...files].every((file) => {
    if (kept.has(file)) return true
    return file.startsWith('test/') && !isOf(file, others) && !others.some((other) => names(readSource(file), other))
  })
}

function isSnapshotOf(file: string, kept: ReadonlySet<string>): boolean {
  const { dir, base, ext } = parsePath(file)
  return ext === '.snap' && kept.has(join(dirname(dir), base.slice(0, -ext.length)))
}

/** A page about a module goes with what its example imports, a decision or a recipe with the systems that it names. */
function isDocumentOf(file: string, { kept, others }: Kept): boolean {
  if (!file.startsWith('docs/')) return false
  if (/^docs\/(decisions|recipes)\//.test(file)) return !others.some((other) => names(readSource(file), other))
  if (!file.startsWith('docs/modules/')) return true
  const [, example = ''] = /^```ts\n([\s\S]*?)^```$/m.exec(readSource(file)) ?? []
  return importsOf(file, example).files.every((imported) => kept.has(imported))
}
