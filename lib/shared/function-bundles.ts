import { globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { build, type Metafile, type OutputFile } from 'esbuild'
import { lazyBuiltins } from './lazy-builtins.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const OUT = join(ROOT, '.build')

/** A function's code, ready to upload. */
export interface FunctionBundle {
  /** Holds `index.mjs` and nothing else. */
  directory: string
  bytes: number
  /** Source files and packages in it, with the bytes that each put in, largest first. */
  inputs: { path: string; bytes: number }[]
}

/**
 * Bundles every `functions/<system>/<name>.handler.ts` in one esbuild pass into `.build/<system>/<name>/index.mjs`.
 * Files are replaced only when their bytes differ, and by a rename, so that parallel runs don't see half of one.
 */
export async function bundleFunctions(): Promise<void> {
  const entries = globSync('functions/*/*.handler.ts', { cwd: ROOT }).sort()
  const { outputFiles, metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: entries.map((entry) => ({ in: entry, out: `${bundleName(entry)}/index` })),
    outdir: OUT,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    legalComments: 'none',
    metafile: true,
    write: false,
    logLevel: 'warning',
    plugins: [lazyBuiltins],
  })
  for (const file of outputFiles) writeIfChanged(file)
  for (const entry of entries) {
    const output = metafile.outputs[`.build/${bundleName(entry)}/index.mjs`]
    if (output) writeIfChanged({ path: `${bundleDirectory(entry)}.json`, contents: describeBundle(output) })
  }
}

/**
 * The bundle of a handler.
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

/** `functions/orders/api.handler.ts` is `orders/api`. */
function bundleName(entry: string): string {
  return entry.replace(/^functions\//, '').replace(/\.handler\.ts$/, '')
}

function bundleDirectory(entry: string): string {
  return join(OUT, bundleName(entry))
}

function describeBundle({ bytes, inputs }: Metafile['outputs'][string]): Uint8Array {
  const sorted = Object.entries(inputs)
    .map(([path, { bytesInOutput }]) => ({ path, bytes: bytesInOutput }))
    .sort((a, b) => b.bytes - a.bytes)
  return Buffer.from(JSON.stringify({ bytes, inputs: sorted }))
}

function writeIfChanged({ path, contents }: Pick<OutputFile, 'path' | 'contents'>): void {
  mkdirSync(dirname(path), { recursive: true })
  try {
    if (readFileSync(path).equals(contents)) return
  } catch {
    // Not there yet.
  }
  const temporary = `${path}.${process.pid}`
  writeFileSync(temporary, contents)
  renameSync(temporary, path)
}
