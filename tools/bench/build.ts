import { join, relative } from 'node:path'
import { type BuildOptions, build } from 'esbuild'
import { BUNDLING } from '../../lib/shared/function-bundles.ts'
import { BENCH } from './cases.ts'

/** The ways to bundle a file of the benchmark. Types are stripped beforehand, because that costs CPU. */
const WAYS = {
  minified: { minify: true, target: 'node24' },
  /** The options of `lib/shared/function-bundles.ts`. */
  'as ours': BUNDLING,
  /** The defaults of esbuild: no minifying, packages by their `main`, and `require` for CommonJS. */
  'as usual': {
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  },
} satisfies Record<string, BuildOptions>

export type Way = keyof typeof WAYS

/**
 * Bundles files of the benchmark, each into a file of its own below `directory`; returns the bundles' paths by source
 * file.
 */
export async function bundleFiles(way: Way, files: string[], directory: string): Promise<Map<string, string>> {
  const names = [...new Set(files)].map((file) => [file, relative(BENCH, file).replace(/\.ts$/, '')] as const)
  await build({
    ...WAYS[way],
    entryPoints: names.map(([file, name]) => ({ in: file, out: name })),
    outdir: directory,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'warning',
  })
  return new Map(names.map(([file, name]) => [file, join(directory, `${name}.mjs`)]))
}

/** @throws Error when the file was not bundled. */
export function bundleOf(bundles: Map<string, string>, file: string): string {
  const bundle = bundles.get(file)
  if (!bundle) throw new Error(`${file} is not bundled.`)
  return bundle
}
