import { graphOf } from './graph.ts'
import { mermaidOf } from './mermaid.ts'
import { stackView, type Template } from './stack-view.ts'

/** Draws a stack's template as a picture in Mermaid's language. */
export function diagramOf(template: Template): string {
  return mermaidOf(graphOf(stackView(template)))
}
