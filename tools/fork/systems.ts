import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pascalCase } from '../support/case.ts'
import { ROOT } from '../support/settings.ts'

/** A companion: it is forked along with the systems that need an issuer. */
const COMPANIONS = ['identity']

/** Lists the folders of `lib` that hold a stack, companions included. */
export function stackFolders(): string[] {
  const lib = join(ROOT, 'lib')
  return readdirSync(lib)
    .filter((name) => existsSync(join(lib, name, 'stack.ts')))
    .sort()
}

export function isCompanion(folder: string): boolean {
  return COMPANIONS.includes(folder)
}

/** Lists the systems that can be forked, as in `orders`. */
export function systems(): string[] {
  return stackFolders().filter((folder) => !isCompanion(folder))
}

/** Checks whether a text names a system, as a folder, as a stack or as one end of a link, as in `OrdersToBilling`. */
export function names(text: string, system: string): boolean {
  // Packages may have a system's name in theirs, as `rate-limiter-flexible`.
  const stack = `(?:\\w+To)?${pascalCase(system)}(?:To\\w+)?`
  return new RegExp(`(?<![\\w-])(?:${system}|${stack})(?![\\w-])`).test(text)
}
