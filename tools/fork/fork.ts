import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { PAGE, type Sources, systemGuarantees } from '../guarantees/guarantees.ts'
import { guaranteesPage } from '../guarantees/report.ts'
import { ROOT } from '../support/settings.ts'
import { shellWord } from '../support/shell.ts'
import { UserError } from '../support/user-error.ts'
import { adaptPage, forkReadme, keepRunbooks, notice } from './documents.ts'
import { forkManifest, readManifest, writeLockfile } from './packages.ts'
import { select } from './selection.ts'
import { readSource } from './sources.ts'
import { systems } from './systems.ts'

const USAGE = 'npm run fork -- <system> <directory> [--name my-name]'

export interface Fork {
  system: string
  /** The absolute path. */
  directory: string
  /** The package's name, and the README's title. */
  name: string
}

/** `npm run fork -- <system> <directory> [--name my-name]` */
export async function forkCommand(args: string[]): Promise<void> {
  const fork = parseFork(args)
  const count = writeFork(fork)
  console.log(`Wrote ${count} files to ${fork.directory}. Next:\n\n${nextSteps(fork)}`)
}

/** Formats the next commands for a shell. */
export function nextSteps({ system, directory }: Fork): string {
  return `  cd ${shellWord(directory)}
  npm start     # installs, starts a local cloud, deploys, prints URLs
  npm test
  git add -A && git commit -m "Start from Stackyard's ${system}"`
}

/** @throws UserError that explains the invalid argument. */
export function parseFork(args: string[]): Fork {
  const { values, positionals } = parse(args)
  const [system, directory, ...rest] = positionals
  const known = systems()
  if (system === undefined || directory === undefined || rest.length > 0)
    throw new UserError(`Name a system and a directory: ${USAGE}, where <system> is one of ${known.join(', ')}.`)
  if (!known.includes(system))
    throw new UserError(`There is no system "${system}": the systems are ${known.join(', ')}.`)
  // npm runs commands in the project's folder, and passes the caller's folder on.
  const path = resolve(process.env.INIT_CWD ?? process.cwd(), directory)
  requireEmpty(path)
  const name = values.name ?? basename(path).toLowerCase()
  if (!/^[a-z0-9][a-z0-9._-]{0,213}$/.test(name))
    throw new UserError(`"${name}" is not a package name (a-z, 0-9, ".", "_", "-"): choose another with --name.`)
  return { system, directory: path, name }
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options: { name: { type: 'string' } }, allowPositionals: true })
  } catch (error) {
    throw new UserError(`${(error as Error).message.split('.')[0]}. Usage: ${USAGE}`)
  }
}

function requireEmpty(directory: string): void {
  if (directory === ROOT || directory.startsWith(`${ROOT}/`))
    throw new UserError(`${directory} is inside this project: choose a folder outside of it.`)
  if (!existsSync(directory)) return
  if (!statSync(directory).isDirectory()) throw new UserError(`${directory} is a file: choose a folder.`)
  if (readdirSync(directory).length > 0)
    throw new UserError(`${directory} is not empty: choose an empty folder, or one that doesn't exist yet.`)
}

/** Writes the fork, and returns the number of its files. */
export function writeFork({ system, directory, name }: Fork): number {
  const { files, texts, others } = select(system)
  const contents = { files: new Set([...files, 'NOTICE']), others, system }
  const origin = { name, system, version: originVersion() }
  const isCode = (file: string) => /^(lib|functions)\/.*\.ts$/.test(file)
  const sources = files.filter(isCode).map((file) => readSource(file))
  for (const file of files.filter((each) => each.endsWith('.md')))
    texts.set(file, adaptPage(file, readSource(file), contents))
  texts.set('docs/runbooks.md', keepRunbooks(texts.get('docs/runbooks.md') ?? '', sources))
  texts.set('README.md', forkReadme(origin, contents))
  texts.set('NOTICE', notice(origin))
  const textOf = (file: string) => texts.get(file) ?? readSource(file)
  texts.set(PAGE, guaranteesPage(systemGuarantees(sourcesOf(files, textOf))))
  const manifest = forkManifest(origin, new Map(files.map((file) => [file, textOf(file)])))
  texts.set('package.json', `${JSON.stringify(manifest, null, 2)}\n`)

  for (const file of contents.files) {
    const target = join(directory, file)
    mkdirSync(dirname(target), { recursive: true })
    const text = texts.get(file)
    if (text === undefined) cpSync(join(ROOT, file), target)
    else writeFileSync(target, text)
  }
  writeLockfile(directory)
  // Biome and the tests ask git for the list of files.
  execFileSync('git', ['init', '--quiet', '--initial-branch=main'], { cwd: directory })
  return contents.files.size + 1
}

/** Returns the pages and tests from which the fork's page of guarantees is made. */
function sourcesOf(files: readonly string[], textOf: (file: string) => string): Sources {
  const isRead = (file: string) => /^lib\/[^/]+\/README\.md$|^test\/(?!tools\/guarantees\/).*\.test\.ts$/.test(file)
  return new Map(files.filter(isRead).map((file) => [file, textOf(file)]))
}

/** Formats the origin's version as `0.1.0 (1a2b3c4)`: of the package, and the commit that the fork was made from. */
function originVersion(): string {
  const commit = execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], { cwd: ROOT }).toString().trim()
  return `${readManifest().version} (${commit})`
}
