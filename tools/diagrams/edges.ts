/** Data that flows from one node to another. */
export interface Edge {
  /** A logical id, or the key of something outside the stack, as in `person:Visitor`. */
  readonly from: string
  readonly to: string
  readonly lines: readonly string[]
  /** True for an unusual path: dead letters, archives, trust. */
  readonly dotted: boolean
}

/** Draws an edge from each to each. */
export function connect(
  from: readonly string[],
  to: readonly string[],
  { lines = [], dotted = false }: Partial<Pick<Edge, 'lines' | 'dotted'>> = {},
): Edge[] {
  return from.flatMap((start) => to.map((end) => ({ from: start, to: end, lines, dotted })))
}

/** Merges edges with the same ends and style into one with all lines, in the place of the first. */
export function merged(edges: readonly Edge[]): Edge[] {
  const groups = Map.groupBy(edges, ({ from, to, dotted }) => `${from} ${to} ${dotted}`)
  return [...groups.values()].flatMap(([first, ...more]) =>
    first ? [{ ...first, lines: [...new Set([first, ...more].flatMap(({ lines }) => lines))] }] : [],
  )
}

/**
 * Joins items into lines, with commas between them. Mermaid itself breaks the lines of an edge after some 25
 * characters.
 */
export function wrapped(items: readonly string[], width = 25): string[] {
  const lines: string[] = []
  for (const item of items) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + item.length + 2 <= width) lines[lines.length - 1] = `${last}, ${item}`
    else lines.push(item)
  }
  return lines.map((line, i) => (i < lines.length - 1 ? `${line},` : line))
}
