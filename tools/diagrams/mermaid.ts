import type { Edge } from './edges.ts'
import type { Graph, Node } from './graph.ts'
import { wordOf } from './names.ts'

/** Writes a graph in Mermaid's language: the same text for the same graph. */
export function mermaidOf({ stack, inside, outside, edges }: Graph): string {
  const ids = idsOf([...inside, ...outside], stack)
  const nodes = inside.map((node) => nodeLine(node, ids))
  const group = stack ? [`subgraph ${stackId(stack)}["Stack ${escaped(stack)}"]`, ...nodes.map(indented), 'end'] : nodes
  const body = [...outside.map((node) => nodeLine(node, ids)), ...group, ...edges.map((edge) => edgeLine(edge, ids))]
  return ['flowchart LR', ...body.map(indented)].join('\n')
}

type Ids = ReadonlyMap<string, string>

function nodeLine({ key, lines, kind }: Node, ids: Ids): string {
  const [open, close] = kind.shape
  return `${ids.get(key)}${open}${quoted(lines)}${close}`
}

function edgeLine({ from, to, lines, dotted }: Edge, ids: Ids): string {
  const label = lines.length > 0 ? `|${quoted(lines)}|` : ''
  return `${ids.get(from)} ${dotted ? '-.->' : '-->'}${label} ${ids.get(to)}`
}

/** Chooses a readable and unique id: the name; if that is taken, name and kind; then with a number. */
function idsOf(nodes: readonly Node[], stack: string | undefined): Ids {
  const taken = new Set(stack ? [stackId(stack)] : [])
  const ids = new Map<string, string>()
  for (const { key, name, kind } of nodes) {
    const long = wordOf(`${name} ${kind.caption}`)
    let id = taken.has(wordOf(name)) ? long : wordOf(name)
    for (let i = 2; taken.has(id); i++) id = `${long}${i}`
    taken.add(id)
    ids.set(key, id)
  }
  return ids
}

function stackId(stack: string): string {
  return `${wordOf(stack)}Stack`
}

function quoted(lines: readonly string[]): string {
  return `"${lines.map(escaped).join('<br/>')}"`
}

/** Escapes characters that Mermaid would take for its own syntax, for HTML or for Markdown. */
function escaped(text: string): string {
  return text.replaceAll(/[#"<>&`*_\\\n]/g, (character) => `#${character.charCodeAt(0)};`)
}

function indented(line: string): string {
  return `  ${line}`
}
