import { globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../support/settings.ts'

const PAGE = join(ROOT, 'console')

/** The files of the page, ready to be served. */
export interface PageFiles {
  html: string
  script: string
  style: string
}

/**
 * Creates a function that bundles the page at its first call, and again when one of its sources has changed. Every
 * folder of `console/` with a `page.ts` is one of its pages.
 */
export function pageBundler(): () => Promise<PageFiles> {
  let bundled: { stamp: string; files: Promise<PageFiles> } | undefined
  return () => {
    const stamp = stampOf(
      globSync('{console,clients}/**/*.{ts,css,html}', { cwd: ROOT, exclude: ['**/node_modules/**'] }),
    )
    if (bundled?.stamp !== stamp) bundled = { stamp, files: bundlePage() }
    return bundled.files
  }
}

function stampOf(files: readonly string[]): string {
  return files.map((file) => `${file} ${statSync(join(ROOT, file)).mtimeMs}`).join()
}

/** @throws BuildFailure of esbuild, which names file and line. */
async function bundlePage(): Promise<PageFiles> {
  const { build } = await import('esbuild')
  const { outputFiles } = await build({
    stdin: { contents: entry(globSync('*/page.ts', { cwd: PAGE }).sort()), resolveDir: PAGE, loader: 'ts' },
    bundle: true,
    minify: true,
    write: false,
    outdir: '/',
    format: 'esm',
    target: 'es2022',
    legalComments: 'none',
    logLevel: 'silent',
  })
  const textOf = (end: string) => outputFiles.find(({ path }) => path.endsWith(end))?.text ?? ''
  return { html: readFileSync(join(PAGE, 'index.html'), 'utf8'), script: textOf('.js'), style: textOf('.css') }
}

function entry(pages: readonly string[]): string {
  const imports = pages.map((file, index) => `import { page as page${index} } from './${file}'`)
  const names = pages.map((_, index) => `page${index}`)
  return `import './console.css'\nimport { startConsole } from './app.ts'\n${imports.join('\n')}\nstartConsole([${names}])`
}
