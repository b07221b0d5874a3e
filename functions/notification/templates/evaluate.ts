import type { Node } from './parse.ts'

export type Evaluated =
  | { readonly outcome: 'evaluated'; readonly text: string }
  | { readonly outcome: 'missing'; readonly variable: string }
  | { readonly outcome: 'too-large' }

export interface EvaluateOptions {
  readonly data: object
  /** Escapes each value. */
  readonly toText: (text: string) => string
}

/** The tags and rounds of sections that are evaluated, however they multiply: a fraction of a second. */
const MAX_STEPS = 100_000
/** The size of the result, in bytes of UTF-8: an item of DynamoDB has 400 KB at most. */
export const MAX_OUTPUT = 262_144

/**
 * Evaluates a template over data as JSON has it. Only own keys of objects are found, and indexes of arrays: a template
 * never sees what the language gives to every value, such as `constructor` or `length`. The first name of a path is
 * searched in the sections around it, from the inside out, as Mustache's specification has it.
 */
export function evaluate(nodes: readonly Node[], { data, toText }: EvaluateOptions): Evaluated {
  const parts: string[] = []
  let length = 0
  let steps = 0
  try {
    visit(nodes, [data])
  } catch (stop) {
    if (stop instanceof Stop) return stop.result
    throw stop
  }
  return { outcome: 'evaluated', text: parts.join('') }

  function visit(children: readonly Node[], scopes: readonly unknown[]): void {
    countStep()
    for (const node of children) {
      countStep()
      if (node.kind === 'text') print(node.text)
      else if (node.kind === 'value') print(toText(printed(node.name, scopes)))
      else section(node, lookUp(node.name, scopes), scopes)
    }
  }
  function section(node: Extract<Node, { children: unknown }>, value: unknown, scopes: readonly unknown[]): void {
    const isEmpty = !value || (Array.isArray(value) && value.length === 0)
    if (node.kind === 'inverted') {
      if (isEmpty) visit(node.children, scopes)
    } else if (Array.isArray(value)) {
      for (const each of value) visit(node.children, [each, ...scopes])
    } else if (!isEmpty) {
      visit(node.children, value === true ? scopes : [value, ...scopes])
    }
  }
  function countStep(): void {
    steps += 1
    if (steps > MAX_STEPS) throw new Stop({ outcome: 'too-large' })
  }
  function print(text: string): void {
    length += Buffer.byteLength(text)
    if (length > MAX_OUTPUT) throw new Stop({ outcome: 'too-large' })
    parts.push(text)
  }
}

/** Ends an evaluation early. */
class Stop extends Error {
  readonly result: Evaluated

  constructor(result: Evaluated) {
    super(result.outcome)
    this.result = result
  }
}

/** A value that no JSON has. */
const ABSENT = Symbol('absent')

function printed(name: string, scopes: readonly unknown[]): string {
  const value = find(name, scopes)
  if (value === ABSENT) throw new Stop({ outcome: 'missing', variable: name })
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function lookUp(name: string, scopes: readonly unknown[]): unknown {
  const value = find(name, scopes)
  return value === ABSENT ? undefined : value
}

function find(name: string, scopes: readonly unknown[]): unknown {
  if (name === '.') return scopes[0]
  const [first = '', ...rest] = name.split('.')
  const scope = scopes.find((each) => hasOwn(each, first))
  return [first, ...rest].reduce<unknown>(
    (value, key) => (hasOwn(value, key) ? value[key as keyof typeof value] : ABSENT),
    scope,
  )
}

function hasOwn(value: unknown, key: string): value is object {
  if (typeof value !== 'object' || value === null) return false
  return (!Array.isArray(value) || key !== 'length') && Object.hasOwn(value, key)
}
