import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { parseSync } from '@swc/core'
import { ROOT } from '../support/settings.ts'
import { UserError } from '../support/user-error.ts'

/** The imports of a source file. */
export interface Imports {
  /** Files of this project, relative to its root. */
  files: string[]
  /** Packages, as in `zod` or `@aws-sdk/client-s3`; not Node's own. */
  packages: string[]
}

/**
 * Lists all files of the project that git tracks, or would, relative to its root.
 *
 * @throws UserError outside of a git repository.
 */
export function projectFiles(): string[] {
  try {
    const list = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return list
      .toString()
      .split('\0')
      .filter((file) => file !== '' && existsSync(join(ROOT, file)))
  } catch {
    throw new UserError(
      'This folder is not a git repository, and git lists the files of the project: clone the project with git.',
    )
  }
}

export function readSource(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8')
}

export function isSource(file: string): boolean {
  return /\.[mc]?[jt]s$/.test(file)
}

/**
 * Finds the imports of a source file, static or by `import('…')`, types included. A handler that a stack names by its
 * path counts as an import.
 */
export function importsOf(file: string, text = readSource(file)): Imports {
  const specifiers = new Set<string>()
  const handlers = new Set<string>()
  visit(parse(text), (node) => {
    const { type, source, callee, arguments: args, value } = node
    if (/^(Import|Export).*Declaration$/.test(String(type)) && isNode(source)) specifiers.add(String(source.value))
    if (type === 'CallExpression' && isNode(callee) && callee.type === 'Import') {
      const [argument] = args as { expression: Node }[]
      if (argument?.expression.type === 'StringLiteral') specifiers.add(String(argument.expression.value))
    }
    if (type === 'StringLiteral' && isHandler(String(value))) handlers.add(String(value))
  })
  const isFile = (specifier: string) => specifier.startsWith('.')
  return {
    files: [
      ...[...specifiers].filter(isFile).map((specifier) => normalize(join(dirname(file), specifier))),
      ...handlers,
    ],
    packages: [...specifiers].filter((name) => !isFile(name) && !name.startsWith('node:')).map(packageOf),
  }
}

function isHandler(text: string): boolean {
  return /^functions\/[\w./-]+\.handler\.ts$/.test(text) && existsSync(join(ROOT, text))
}

/** A node of the AST: swc's own types don't allow walking it. */
export type Node = Record<string, unknown> & { type: string; span: { start: number; end: number } }

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value
}

export function parse(text: string): Node {
  return parseSync(text, { syntax: 'typescript', target: 'es2024' }) as unknown as Node
}

export function visit(value: unknown, look: (node: Node) => void): void {
  if (typeof value !== 'object' || value === null) return
  if (isNode(value)) look(value)
  for (const inner of Object.values(value)) visit(inner, look)
}

/** Returns the package of a specifier: `@aws-sdk/client-s3/dist/x` is in `@aws-sdk/client-s3`. */
function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}
