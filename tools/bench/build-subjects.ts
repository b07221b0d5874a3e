import { join } from 'node:path'
import { build } from 'esbuild'
import { readBundle } from '../../lib/shared/function-bundles.ts'
import type { Subject } from './measure.ts'

export const NAMES = {
  hello: 'hello world',
  floor: 'one request over HTTPS, signed by hand',
  redirect: 'url-shortener/redirect',
  usual: 'the same redirect, the usual way',
} as const

export interface Built {
  subjects: Subject[]
  /** What a fresh process runs: types stripped beforehand, as that costs CPU. */
  runner: string
  overhead: string
}

/** Bundles everything that fresh processes run. What is ours is the very file that is deployed. */
export async function buildSubjects(directory: string): Promise<Built> {
  const path = (name: string) => join(directory, `${name}.mjs`)
  const sources = { hello: 'hello', floor: 'floor', runner: 'sample', overhead: 'overhead' }
  const common = { absWorkingDir: import.meta.dirname, bundle: true, platform: 'node', format: 'esm' } as const
  await build({
    ...common,
    entryPoints: Object.entries(sources).map(([out, source]) => ({ in: `./${source}.ts`, out })),
    outdir: directory,
    outExtension: { '.js': '.mjs' },
    minify: true,
    target: 'node24',
  })
  // esbuild's defaults: no minifying, packages by their `main`, and `require` for what is CommonJS.
  await build({
    ...common,
    entryPoints: ['./usual/redirect.ts'],
    outfile: path('usual'),
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  })
  const redirect = join(readBundle('functions/url-shortener/redirect.handler.ts').directory, 'index.mjs')
  return {
    runner: path('runner'),
    overhead: path('overhead'),
    subjects: [
      { name: NAMES.hello, bundle: path('hello') },
      { name: NAMES.floor, bundle: path('floor') },
      { name: NAMES.redirect, bundle: redirect },
      { name: NAMES.usual, bundle: path('usual') },
    ],
  }
}
