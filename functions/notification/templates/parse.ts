import Mustache from 'mustache'
import { excerpt } from '../../shared/well-formed.ts'

/** A template as a tree. Names are as they are written, as in `user.name`. */
export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly name: string }
  | { readonly kind: 'section' | 'inverted'; readonly name: string; readonly children: readonly Node[] }

export type Parsed =
  | { readonly outcome: 'parsed'; readonly nodes: readonly Node[] }
  | { readonly outcome: 'invalid'; readonly message: string }

/** The depth of sections in sections: more is a mistake or an attack. */
const MAX_DEPTH = 16
const MAX_NODES = 10_000
const MAX_NAME = 200
/** The parser searches runs of white space in a time that grows with the square of their length. */
const MAX_SPACES = 500

/** A token of mustache.js: its type, its text or name, start and end, and the tokens inside a section. */
type Token = readonly [type: string, value: string, start: number, end: number, children?: readonly Token[]]

/**
 * Parses a template of Mustache (the specification's interpolation, sections, inverted sections, comments and
 * delimiters). What could print unescaped text or run code is no part of the language: raw output, partials, lambdas.
 */
export function parseTemplate(text: string): Parsed {
  if (new RegExp(`\\s{${MAX_SPACES + 1}}`).test(text)) {
    return invalid(`has more than ${MAX_SPACES} white space characters in a row`)
  }
  try {
    // Without its cache, which would keep every text that was ever parsed.
    const tokens = new Uncached().parse(text) as unknown as readonly Token[]
    const count = { nodes: 0 }
    return { outcome: 'parsed', nodes: toNodes(tokens, { depth: 0, count }) }
  } catch (error) {
    return invalid(error instanceof Refusal ? error.message : syntaxMessage(error))
  }
}

/** Limits, and features that this language leaves out. */
class Refusal extends Error {}

class Uncached extends Mustache.Writer {
  constructor() {
    super()
    Object.assign(this, { templateCache: undefined })
  }
}

const REFUSED: Record<string, string> = {
  '&': 'must not print raw values: use two braces',
  '>': 'must not have partials',
}

function toNodes(
  tokens: readonly Token[],
  { depth, count }: { depth: number; count: { nodes: number } },
): readonly Node[] {
  if (depth > MAX_DEPTH) throw new Refusal(`must nest sections ${MAX_DEPTH} deep at most`)
  count.nodes += tokens.length
  if (count.nodes > MAX_NODES) throw new Refusal(`must have at most ${MAX_NODES} tags`)
  return tokens.flatMap(([type, value, , , children = []]): Node[] => {
    const refused = REFUSED[type]
    if (refused !== undefined) throw new Refusal(`${refused} (${value})`)
    if (type !== 'text' && value.length > MAX_NAME)
      throw new Refusal(`must have names of at most ${MAX_NAME} characters`)
    if (type === 'text') return [{ kind: 'text', text: value }]
    if (type === 'name') return [{ kind: 'value', name: value }]
    if (type !== '#' && type !== '^') return []
    const kind = type === '#' ? 'section' : 'inverted'
    return [{ kind, name: value, children: toNodes(children, { depth: depth + 1, count }) }]
  })
}

function invalid(message: string): Parsed {
  return { outcome: 'invalid', message }
}

const MAX_MESSAGE = 100

/** Returns the start of the parser's own message, which may hold the name of a section, and so any text. */
function syntaxMessage(error: unknown): string {
  const message = error instanceof Error ? excerpt(error.message, MAX_MESSAGE) : 'it cannot be parsed'
  return `is not a valid template: ${message}`
}
