import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ROOT } from '../support/settings.ts'

const GENERATOR = join(ROOT, 'node_modules', 'openapi-typescript', 'bin', 'cli.js')

/**
 * A package that contains TypeScript 5 and no command: openapi-typescript needs the compiler API, which TypeScript 7
 * lacks, and a second `typescript` among the packages would compete for the command `tsc`.
 */
const TYPESCRIPT_5 = pathToFileURL(join(ROOT, 'node_modules', '@ts-morph', 'common', 'dist', 'typescript.js'))
const HOOK = `import { registerHooks } from 'node:module'
registerHooks({ resolve: (name, context, next) => next(name === 'typescript' ? '${TYPESCRIPT_5}' : name, context) })`
const WITH_TYPESCRIPT_5 = `data:text/javascript,${encodeURIComponent(HOOK)}`

/**
 * Generates the types of an API for TypeScript clients with openapi-typescript: `paths` is the type parameter of
 * openapi-fetch, and each named schema is a type with its name.
 *
 * @param document an OpenAPI document, as JSON.
 * @throws Error when the generator refuses the document.
 */
export function clientTypes(document: string): string {
  const program = ['--import', WITH_TYPESCRIPT_5, GENERATOR]
  return execFileSync(process.execPath, [...program, '--root-types', '--root-types-no-schema-prefix'], {
    cwd: ROOT,
    input: document,
    encoding: 'utf8',
  })
}
