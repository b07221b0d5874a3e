import { join, relative } from 'node:path'
import { type BuildOptions, build } from 'esbuild'
import { BUNDLING } from '../../lib/shared/function-bundles.ts'
import { BENCH } from './cases.ts'

/** How a file of the bench is bundled: types are stripped beforehand, as that costs CPU. */
const WAYS = {
  minified: { minify: true, target: 'node24' },
  /** As `lib/shared/function-bundles.ts` does it. */
  'as ours': BUNDLING,
  /** esbuild's defaults: no minifying, packages by their `main`, and `require` for what is CommonJS. */
  'as usual': {
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  },
} satisfies Record<string, BuildOptions>

export type Way = keyof typeof WAYS

/** Bundles files of the bench, each into a file of its own below `directory`; answers where, by source file. */
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
