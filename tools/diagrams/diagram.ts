import { graphOf } from './graph.ts'
import { mermaidOf } from './mermaid.ts'
import { stackView, type Template } from './stack-view.ts'

/** The picture of a stack as its template says it, in Mermaid's language. */
export function diagramOf(template: Template): string {
  return mermaidOf(graphOf(stackView(template)))
}
