import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../support/settings.ts'
import { UserError } from '../support/user-error.ts'
import { type Fault, type Promised, readFaults, readGuarantees } from './pages.ts'
import { type Proof, readProofs } from './proofs.ts'
import { guaranteesPage } from './report.ts'

export interface Guarantee extends Promised {
  /** The tests that fail when it is broken. */
  readonly proofs: readonly Pick<Proof, 'file' | 'title'>[]
  /** The faults that a proof's file shows, with their effects. */
  readonly faults: readonly Pick<Fault, 'fault' | 'effect'>[]
}

/** A system and what it guarantees. It is plain data: JSON keeps all of it. */
export interface SystemGuarantees {
  /** The folder, as in `orders`. */
  readonly system: string
  readonly title: string
  readonly guarantees: readonly Guarantee[]
}

/** The text of a file, by its path from the project's root. */
export type Sources = ReadonlyMap<string, string>

export const PAGE = 'docs/guarantees.md'

/** `npm run guarantees`: writes docs/guarantees.md from the READMEs of the systems and the tags of the tests. */
export async function guarantees(): Promise<void> {
  const sources = projectSources()
  const problems = problemsIn(sources)
  if (problems.length > 0) throw new UserError(problems.join('\n'))
  writeFileSync(join(ROOT, PAGE), guaranteesPage(systemGuarantees(sources)))
  console.log(`Wrote ${PAGE}.`)
}

/** Reads the pages and the tests of the project. */
export function projectSources(): Sources {
  const files = globSync(['lib/*/README.md', 'test/**/*.test.ts'], { cwd: ROOT, exclude: ['test/tools/guarantees/**'] })
  return new Map(files.sort().map((file) => [file, readFileSync(join(ROOT, file), 'utf8')]))
}

/** Lists the guarantees of every system, each with its proofs and the faults that it was tested under. */
export function systemGuarantees(sources: Sources): SystemGuarantees[] {
  const proofs = allProofs(sources)
  return pagesOf(sources).map(([system, page]) => {
    const faults = readFaults(page)
    const [, title = system] = /^# (.+)$/m.exec(page) ?? []
    const listed = readGuarantees(page).map((promised): Guarantee => {
      const own = proofs.filter((proof) => proof.system === system && proof.id === promised.id)
      const files = own.map(({ file }) => file)
      const met = faults.filter(({ tests }) =>
        decisive(tests).some((test) => files.some((file) => isNamed(file, test, system))),
      )
      return {
        ...promised,
        proofs: own.map(({ file, title: test }) => ({ file, title: test })),
        faults: met.map(({ fault, effect }) => ({ fault, effect })),
      }
    })
    return { system, title, guarantees: listed }
  })
}

/** Returns what is wrong: guarantees without a proof, tags without a guarantee, ids that are there twice. */
export function problemsIn(sources: Sources): string[] {
  const promised = systemGuarantees(sources).flatMap(({ system, guarantees: all }) =>
    all.map(({ id, proofs }) => ({ name: `${system}/${id}`, isProven: proofs.length > 0 })),
  )
  const names = promised.map(({ name }) => name)
  const without = pagesOf(sources).filter(([, page]) => readGuarantees(page).length === 0)
  return [
    ...without.map(([system]) => `lib/${system}/README.md has no guarantees.`),
    ...names.filter((name, at) => names.indexOf(name) !== at).map((name) => `${name} is there twice.`),
    ...promised.filter(({ isProven }) => !isProven).map(({ name }) => `No test has the tag @proves ${name}.`),
    ...allProofs(sources)
      .filter(({ system, id }) => !names.includes(`${system}/${id}`))
      .map(({ system, id, file }) => `${file} proves ${system}/${id}, which no README has among its guarantees.`),
  ]
}

function pagesOf(sources: Sources): [system: string, page: string][] {
  return [...sources].flatMap(([file, text]): [string, string][] => {
    const [, system] = /^lib\/([^/]+)\/README\.md$/.exec(file) ?? []
    return system === undefined || system === 'shared' ? [] : [[system, text]]
  })
}

function allProofs(sources: Sources): Proof[] {
  return [...sources].filter(([file]) => file.endsWith('.test.ts')).flatMap(([file, text]) => readProofs(file, text))
}

/** Leaves end-to-end tests out where others show the fault, too: one of them touches many guarantees. */
function decisive(tests: readonly string[]): readonly string[] {
  const others = tests.filter((test) => !test.includes('.e2e.'))
  return others.length > 0 ? others : tests
}

/** Checks whether a page names a test file: from the project's root, below `test`, or below the system's own tests. */
function isNamed(file: string, name: string, system: string): boolean {
  return [name, `test/${name}`, `test/${system}/${name}`].some((path) => file === path || file.startsWith(`${path}/`))
}

/** Reads the page as it is. */
export function currentPage(): string {
  const path = join(ROOT, PAGE)
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}
