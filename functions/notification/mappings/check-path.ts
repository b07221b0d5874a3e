import parsePath from 'jsonpath-rfc9535/parser'

const MAX_PATH = 512
const MAX_SEGMENTS = 12
/** The number of alternatives that all brackets of a path have together, as in `['a','b']['c','d']` with four. */
const MAX_ALTERNATIVES = 16

/** Parts of filters that cost the same for each candidate: no lists within lists, and no regular expressions. */
const IN_FILTERS = new Set([
  ...['LogicalOrExpr', 'LogicalAndExpr', 'LogicalNotExpr', 'ComparisonExpr', 'TestExpr', 'Literal'],
  ...['RelSingularQuery', 'AbsSingularQuery', 'SingularQuerySegment', 'FilterQuery', 'RelQuery', 'JsonPathQuery'],
  ...['ChildSegment', 'MemberNameShorthand', 'BracketedSelection', 'NameSelector', 'IndexSelector'],
])

/** A part of a parsed path. */
interface Part {
  readonly type: string
  readonly selectors?: readonly unknown[]
}

/**
 * Checks a JSONPath (RFC 9535) that is applied to events of 64 KB: its work grows with the event, and no faster.
 *
 * @returns the rule that it breaks; `undefined` if it may be used.
 */
export function pathProblem(path: string): string | undefined {
  if (path.length > MAX_PATH) return `must have at most ${MAX_PATH} characters`
  const root = parsed(path)
  if (!root) return 'must be a JSONPath (RFC 9535), as in $.data.recipients[*]'
  if (root.segments.length > MAX_SEGMENTS) return `must have at most ${MAX_SEGMENTS} segments`
  const parts = partsOf(root)
  if (parts.filter(({ type }) => type === 'DescendantSegment').length > 1) return 'must have at most one ".."'
  const alternatives = parts.reduce((product, { selectors }) => product * (selectors?.length ?? 1), 1)
  if (alternatives > MAX_ALTERNATIVES) return `must have at most ${MAX_ALTERNATIVES} alternatives`
  const inFilters = parts.filter(isFilter).flatMap((filter) => partsOf(filter).filter((part) => part !== filter))
  const refused = inFilters.some(({ type }) => !IN_FILTERS.has(type))
  return refused ? 'must have filters that only compare fields, and test for them' : undefined
}

function parsed(path: string) {
  try {
    return parsePath(path)
  } catch {
    return undefined
  }
}

function isFilter({ type }: Part): boolean {
  return type === 'FilterSelector'
}

/** Lists all parts of a parsed path. */
function partsOf(value: unknown): Part[] {
  if (Array.isArray(value)) return value.flatMap(partsOf)
  if (typeof value !== 'object' || value === null) return []
  const inner = Object.values(value).flatMap(partsOf)
  return 'type' in value && typeof value.type === 'string' ? [value as Part, ...inner] : inner
}

/** Lists the paths in the data of a mapping, with their places in it. */
export function pathsIn(value: unknown, place: string): readonly { readonly place: string; readonly path: string }[] {
  if (typeof value === 'string') return value.startsWith('$') ? [{ place, path: value }] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => pathsIn(inner, `${place}.${name}`))
}
