import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Makes a folder with a `node` that runs the one given at the lowest priority. The engine starts an environment for each
 * of many requests at once: with the same right to the machine as the engine, a hundred that start would let it answer
 * none of them in time.
 */
export function modestNode(folder: string, node: string): string {
  mkdirSync(folder)
  const quoted = `'${node.replaceAll("'", `'\\''`)}'`
  writeFileSync(join(folder, 'node'), `#!/bin/sh\nexec nice -n 19 ${quoted} "$@"\n`, { mode: 0o755 })
  return folder
}
