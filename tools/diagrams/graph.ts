import { apiEdges } from './api-edges.ts'
import { deliveryEdges } from './delivery-edges.ts'
import { type Edge, merged } from './edges.ts'
import { eventEdges } from './event-edges.ts'
import { isDrawn, type Kind, kindOf, kindOfOther } from './kinds.ts'
import { linesOf, nameOf } from './names.ts'
import { permissionEdges } from './permission-edges.ts'
import type { Resource, StackView } from './stack-view.ts'

export interface Node {
  /** The key by which edges refer to it. */
  readonly key: string
  readonly name: string
  readonly lines: readonly string[]
  readonly kind: Kind
}

/** The contents of a picture. */
export interface Graph {
  /** The stack's id; absent if the template doesn't say. */
  readonly stack?: string
  readonly inside: readonly Node[]
  readonly outside: readonly Node[]
  readonly edges: readonly Edge[]
}

/** Builds the flow of data through a stack: callers, functions, storage, messages. */
export function graphOf(stack: StackView): Graph {
  const hidden = plumbing(stack)
  const handedOn = [...apiEdges(stack), ...deliveryEdges(stack), ...eventEdges(stack)]
  const all = [...handedOn, ...permissionEdges(stack, handedOn)]
  const edges = merged(all.filter(({ from, to }) => !hidden.has(from) && !hidden.has(to)))
  const keys = new Set(edges.flatMap(({ from, to }) => [from, to]))
  const inside = stack.resources.filter(
    // A topic that only alarms write to carries no data of the system.
    ({ id, type }) => isDrawn(type) && !hidden.has(id) && (type !== 'AWS::SNS::Topic' || keys.has(id)),
  )
  const others = [...keys].filter((key) => key.includes(':'))
  const isSchedule = (key: string) => key.startsWith('clock:')
  const name = stack.resources.find(({ path }) => path)?.path?.split('/')[0]
  return {
    ...(name && { stack: name }),
    inside: [...inside.map(nodeOf), ...others.filter(isSchedule).map(otherNode)],
    outside: others.filter((key) => !isSchedule(key)).map(otherNode),
    edges,
  }
}

/** Finds functions that only deployments call, for custom resources. */
function plumbing(stack: StackView): Set<string> {
  return new Set(stack.resources.flatMap(({ properties }) => stack.ids(properties.ServiceToken)))
}

function nodeOf(resource: Resource): Node {
  const kind = kindOf(resource.type)
  const name = nameOf(resource)
  const protocol = { HTTP: 'HTTP', WEBSOCKET: 'WebSocket' }[String(resource.properties.ProtocolType)]
  const caption = protocol ? `${protocol} ${kind.caption}` : kind.caption
  return { key: resource.id, name, lines: linesOf(name, caption), kind }
}

function otherNode(key: string): Node {
  const colon = key.indexOf(':')
  const kind = kindOfOther(key.slice(0, colon))
  const name = key.slice(colon + 1)
  return { key, name, lines: linesOf(name, kind.caption), kind }
}
