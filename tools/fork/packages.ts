import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../support/settings.ts'
import { UserError } from '../support/user-error.ts'
import { importsOf, isSource, projectFiles } from './sources.ts'

interface Manifest {
  name: string
  version: string
  description: string
  scripts: Record<string, string>
  dependencies: Record<string, string>
  devDependencies: Record<string, string>
  allowScripts: Record<string, boolean>
}

export function readManifest(directory = ROOT): Manifest {
  return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
}

/**
 * Builds the manifest of a fork. Drops packages that the origin imports and the fork doesn't; packages that are only
 * run, configured or required by another package stay.
 */
export function forkManifest(
  { name, system }: { name: string; system: string },
  files: ReadonlyMap<string, string>,
): Manifest {
  const manifest = readManifest()
  const inOrigin = imported(projectFiles().map((file) => [file, readFileSync(join(ROOT, file), 'utf8')]))
  const inFork = imported(files)
  const all = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })
  const used = all.filter((each) => inFork.has(each) || !inOrigin.has(each))
  const kept = new Set([...used, ...used.flatMap(peersOf)])
  const only = <T>(packages: Record<string, T>) =>
    Object.fromEntries(Object.entries(packages).filter(([each]) => kept.has(each) || !all.includes(each)))
  const { fork: _, ...scripts } = manifest.scripts
  return {
    ...manifest,
    name,
    version: '0.1.0',
    description: `Started as a fork of Stackyard's ${system}.`,
    scripts,
    dependencies: only(manifest.dependencies),
    devDependencies: only(manifest.devDependencies),
    allowScripts: only(manifest.allowScripts),
  }
}

/** Lists the peer dependencies of a package. */
function peersOf(name: string): string[] {
  const file = join(ROOT, 'node_modules', name, 'package.json')
  return Object.keys(JSON.parse(readFileSync(file, 'utf8')).peerDependencies ?? {})
}

function imported(files: Iterable<readonly [string, string]>): Set<string> {
  const sources = [...files].filter(([file]) => isSource(file))
  return new Set(sources.flatMap(([file, text]) => importsOf(file, text).packages))
}

/**
 * Writes the lockfile of a fork whose package.json exists: the origin's, without unreachable packages. npm does it from
 * the lockfile alone, without the network.
 *
 * @throws UserError when npm fails.
 */
export function writeLockfile(directory: string): void {
  writeFileSync(join(directory, 'package-lock.json'), readFileSync(join(ROOT, 'package-lock.json')))
  const npm = process.env.npm_execpath
  const [program, args] = npm ? [process.execPath, [npm]] : ['npm', []]
  const flags = ['install', '--package-lock-only', '--offline', '--ignore-scripts', '--no-audit', '--no-fund']
  try {
    execFileSync(program, [...args, ...flags], { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] })
  } catch (cause) {
    const said = String((cause as { stderr?: unknown }).stderr ?? cause)
    throw new UserError(`npm could not write the lockfile of the fork: ${said.trim().split('\n').at(-1)}`, { cause })
  }
}
