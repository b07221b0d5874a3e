import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '../..')

/** Returns the names of all commands of the SDK that files of the project make, such as `GetItem`, in order. */
export function commandsIn(files: readonly string[]): string[] {
  const sources = files.map((path) => readFileSync(join(ROOT, path), 'utf8'))
  const commands = sources.flatMap((source) =>
    [...source.matchAll(/new (\w+)Command\(/g)].map(([, name]) => name ?? ''),
  )
  return [...new Set(commands)].sort()
}

/** Returns the names of all commands in files of `functions/shared/aws`. */
export function commandsOfClients(...names: string[]): string[] {
  return commandsIn(names.map((name) => `functions/shared/aws/${name}.ts`))
}
