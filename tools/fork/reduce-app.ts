import { isNode, type Node, parse, visit } from './sources.ts'

/**
 * Removes the stacks of some folders of `lib` from the text of `bin/app.ts`: their imports, and the statements and list
 * entries that use the imports.
 *
 * @throws Error when the remaining text still uses an import.
 */
export function reduceApp(text: string, dropped: readonly string[]): string {
  const module = parse(text)
  const imports = importsFrom(module, dropped)
  const gone = new Set(imports.flatMap(namesOf))
  const cuts = [...imports, ...usersOf(module, gone)]
  const reduced = cuts.sort((a, b) => b.span.start - a.span.start).reduce(cut, text)
  if (uses(parse(reduced), gone)) {
    throw new Error(`bin/app.ts uses ${[...gone].join(', ')} in a place that can't be removed.`)
  }
  return reduced === text ? text : withoutUnusedImports(reduced)
}

/** Removes imports of which nothing is used any more. */
function withoutUnusedImports(text: string): string {
  const imports: Node[] = []
  const module = parse(text)
  visit(module, (node) => {
    if (node.type === 'ImportDeclaration') imports.push(node)
  })
  const isImport = (node: Node) => node.type === 'ImportDeclaration'
  const unused = imports.filter((node) => !uses(module, new Set(namesOf(node)), isImport))
  return unused.sort((a, b) => b.span.start - a.span.start).reduce(cut, text)
}

function importsFrom(module: Node, systems: readonly string[]): Node[] {
  const isTheirs = (source: unknown) => systems.some((system) => String(source).startsWith(`../lib/${system}/`))
  const imports: Node[] = []
  visit(module, (node) => {
    if (node.type === 'ImportDeclaration' && isNode(node.source) && isTheirs(node.source.value)) imports.push(node)
  })
  return imports
}

function namesOf({ specifiers }: Node): string[] {
  return (specifiers as { local: Node }[]).map(({ local }) => String(local.value))
}

/** Finds the smallest removable parts: a statement, or an entry of a list. */
function usersOf(module: Node, gone: ReadonlySet<string>): Node[] {
  const users: Node[] = []
  visit(module, (node) => {
    const entries = node.type === 'ArrayExpression' ? (node.elements as { expression: Node }[]) : []
    users.push(...entries.map(({ expression }) => expression).filter((entry) => uses(entry, gone)))
    users.push(...statementsOf(node).filter((each) => !hasStatements(each) && uses(each, gone, isPartible)))
  })
  return users
}

function statementsOf({ stmts, statements }: Node): Node[] {
  return (stmts ?? statements ?? []) as Node[]
}

function hasStatements(node: Node): boolean {
  let has = false
  visit(node, (inner) => {
    has ||= statementsOf(inner).length > 0
  })
  return has
}

function isPartible(node: Node): boolean {
  return node.type === 'ArrayExpression' || statementsOf(node).length > 0
}

/** Checks whether a node names one of these; the inside of nodes that `except` selects is ignored. */
function uses(value: unknown, gone: ReadonlySet<string>, except: (node: Node) => boolean = () => false): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (isNode(value)) {
    if (except(value)) return false
    if (value.type === 'Identifier') return gone.has(String(value.value))
  }
  return Object.values(value).some((inner) => uses(inner, gone, except))
}

/** Cuts a node, with the rest of its line or with the comma of its list. swc counts bytes, from 1. */
function cut(text: string, { span }: Node): string {
  const bytes = Buffer.from(text)
  const before = bytes.subarray(0, span.start - 1).toString()
  const after = bytes.subarray(span.end - 1).toString()
  if (/^\s*\]/.test(after)) return before.replace(/,\s*$/, '') + after
  return before.replace(/[ \t]+$/, /^,/.test(after) ? '$&' : '') + after.replace(/^(?:,\s*|[ \t]*\n)/, '')
}
