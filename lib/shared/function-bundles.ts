import { globSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { type BuildOptions, type BuildResult, build, type Metafile, type Plugin } from 'esbuild'
import { lazyBuiltins } from './lazy-builtins.ts'
import { sdkStubs } from './sdk-stubs.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const OUT = join(ROOT, '.build')

/** A function's code, ready to upload. */
export interface FunctionBundle {
  /** The directory with `index.mjs`, the chunks that it imports statically, and a chunk for each `import()`. */
  directory: string
  /** Bytes that a cold start loads: `index.mjs` and the chunks that it imports statically. */
  bytes: number
  /** Source files and packages in these bytes, with the bytes of each, largest first. */
  inputs: BundleInput[]
  /** The same for the chunks that are loaded on demand. */
  lazy: { bytes: number; inputs: BundleInput[] }
}

export interface BundleInput {
  path: string
  bytes: number
}

/** The options of esbuild; `tools/bench` builds its own functions with them, too. */
export const BUNDLING: BuildOptions = {
  bundle: true,
  // A module behind `import()` becomes a file of its own: inlined, esbuild would wrap it and everything that it
  // imports.
  splitting: true,
  minify: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  mainFields: ['module', 'main'],
  outExtension: { '.js': '.mjs' },
  legalComments: 'none',
  logLevel: 'warning',
  // The SDK asks of each body whether it is one of these, which Lambda never has: Node loads their classes for the
  // question, which takes a fiftieth of a cold start.
  define: { ReadableStream: 'undefined', Blob: 'undefined' },
  plugins: [lazyBuiltins, sdkStubs],
}

/**
 * Bundles every `functions/<system>/<name>.handler.ts` into `.build/<system>/<name>/index.mjs`, each in a build of its
 * own, so that functions share no chunk. A file is replaced only when its bytes differ, and by a rename, so that
 * parallel runs never see a partial file.
 */
export async function bundleFunctions(): Promise<void> {
  const entries = globSync('functions/*/*.handler.ts', { cwd: ROOT }).sort()
  await Promise.all(entries.map(bundleFunction))
}

async function bundleFunction(entry: string): Promise<void> {
  const directory = bundleDirectory(entry)
  const alone = new Set<string>()
  const { outputFiles, metafile } = await buildInto(directory, [{ in: entry, out: 'index' }], [apart(alone)])
  const apartBuilds = await Promise.all(
    [...alone].map((path) => buildInto(directory, [{ in: path, out: outOf(path) }])),
  )
  const files = [outputFiles, ...apartBuilds.map((one) => one.outputFiles)].flat()
  for (const { path, contents } of files) writeIfChanged(path, contents)
  removeOthers(directory, files)
  const outputs = Object.assign({}, metafile.outputs, ...apartBuilds.map((one) => one.metafile.outputs))
  writeIfChanged(`${directory}.json`, Buffer.from(JSON.stringify(describeBundle(outputs))))
}

function buildInto(outdir: string, entryPoints: { in: string; out: string }[], more: Plugin[] = []) {
  const plugins = [...more, ...(BUNDLING.plugins ?? [])]
  return build({ ...BUNDLING, plugins, absWorkingDir: ROOT, entryPoints, outdir, metafile: true, write: false })
}

/**
 * Leaves out clients of AWS that are loaded by `import()`, and collects their paths: each is bundled by itself. In one
 * build, the index files that all of the SDK's clients import would draw all that the lazy ones need into the part that a
 * cold start loads: 32 KB for SES, SNS and text messages.
 */
function apart(paths: Set<string>): Plugin {
  return {
    name: 'apart',
    setup({ onResolve }) {
      onResolve({ filter: /\/shared\/aws\/[\w-]+\.ts$/ }, ({ path, kind, resolveDir }) => {
        if (kind !== 'dynamic-import') return undefined
        const file = resolve(resolveDir, path)
        paths.add(file)
        return { path: `./${outOf(file)}.mjs`, external: true }
      })
    },
  }
}

function outOf(path: string): string {
  return basename(path, '.ts')
}

/**
 * Returns the bundle of a handler.
 *
 * @param entry the handler's path from the project's root.
 * @throws Error when `bundleFunctions()` has not built it.
 */
export function readBundle(entry: string): FunctionBundle {
  const directory = bundleDirectory(entry)
  try {
    return { directory, ...JSON.parse(readFileSync(`${directory}.json`, 'utf8')) }
  } catch (cause) {
    throw new Error(`${entry} is not bundled: is the path right, and was bundleFunctions() awaited?`, { cause })
  }
}

/** Names the directory of a bundle: `functions/orders/api.handler.ts` is bundled in `.build/orders/api`. */
function bundleDirectory(entry: string): string {
  return join(OUT, entry.replace(/^functions\//, '').replace(/\.handler\.ts$/, ''))
}

export function describeBundle(outputs: Metafile['outputs']): Omit<FunctionBundle, 'directory'> {
  const atOnce = new Set<string>()
  const follow = (path: string) => {
    if (atOnce.has(path)) return
    atOnce.add(path)
    for (const { path: next, kind } of outputs[path]?.imports ?? []) if (kind === 'import-statement') follow(next)
  }
  for (const path of Object.keys(outputs)) if (basename(path) === 'index.mjs') follow(path)
  const sumUp = (isIn: (path: string) => boolean) => {
    const files = Object.entries(outputs).flatMap(([path, output]) => (isIn(path) ? [output] : []))
    const inputs = files.flatMap((file) =>
      Object.entries(file.inputs).map(([path, { bytesInOutput: bytes }]) => ({ path, bytes })),
    )
    return {
      bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
      inputs: inputs.filter(({ bytes }) => bytes > 0).sort((a, b) => b.bytes - a.bytes),
    }
  }
  return { ...sumUp((path) => atOnce.has(path)), lazy: sumUp((path) => !atOnce.has(path)) }
}

/** Removes the chunks of earlier builds, whose names contain their hash. */
function removeOthers(directory: string, files: NonNullable<BuildResult['outputFiles']>): void {
  const kept = new Set(files.map(({ path }) => basename(path)))
  for (const name of readdirSync(directory)) if (!kept.has(name)) rmSync(join(directory, name), { force: true })
}

function writeIfChanged(path: string, contents: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true })
  try {
    if (readFileSync(path).equals(contents)) return
  } catch {
    // The file doesn't exist yet.
  }
  // The temporary file is outside of the directory, because all files in it are uploaded.
  const temporary = join(OUT, `${basename(dirname(path))}-${basename(path)}.${process.pid}`)
  writeFileSync(temporary, contents)
  renameSync(temporary, path)
}
