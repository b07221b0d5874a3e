import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createClosure } from '../fork/selection.ts'
import { ROOT } from '../support/settings.ts'

const UNIT_TEST = /^test\/(?!.*\.(store|template|e2e|browser|auth|commands)\.test\.ts$).*\.test\.ts$/

/** Patterns of tests that access more than their imports. */
const ASKS_THE_MACHINE = /['"]node:(fs|child_process|worker_threads)/

/**
 * Selects the unit tests of a fork whose result may differ there, relative to its root: those that reach a file which
 * differs from the origin's, and those that read files or start programs. All others are the same code as here, where
 * they run anyway.
 */
export function testsToRepeat(directory: string): string[] {
  const files = filesOf(directory)
  const texts = new Map(files.map((file) => [file, readFileSync(join(directory, file), 'utf8')]))
  const isChanged = (file: string) => {
    const original = join(ROOT, file)
    return !existsSync(original) || readFileSync(original, 'utf8') !== texts.get(file)
  }
  const changed = new Set(files.filter(isChanged))
  const closure = createClosure(texts)
  const mayDiffer = (file: string) => changed.has(file) || ASKS_THE_MACHINE.test(texts.get(file) ?? '')
  return files.filter((file) => UNIT_TEST.test(file) && [...closure([file])].some(mayDiffer))
}

/** Folders that hold sources. */
function filesOf(directory: string): string[] {
  return ['bin', 'console', 'functions', 'lib', 'test', 'tools'].flatMap((folder) =>
    readdirSync(join(directory, folder), { recursive: true, encoding: 'utf8' })
      .map((file) => join(folder, file))
      .filter((file) => statSync(join(directory, file)).isFile())
      .sort(),
  )
}
