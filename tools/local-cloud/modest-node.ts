import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Creates a folder with a `node` that runs the given one at the lowest priority. The engine starts an environment for
 * each concurrent request: with the engine's own priority, a hundred of them would keep it from answering any in time.
 */
export function modestNode(folder: string, node: string): string {
  mkdirSync(folder)
  const quoted = `'${node.replaceAll("'", `'\\''`)}'`
  writeFileSync(join(folder, 'node'), `#!/bin/sh\nexec nice -n 19 ${quoted} "$@"\n`, { mode: 0o755 })
  return folder
}
