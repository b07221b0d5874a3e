/** The parts of a CloudFormation template that the tool reads. */
export interface Template {
  Resources: Record<string, TemplateResource>
}

export interface TemplateResource {
  Type: string
  Properties?: Record<string, unknown>
}

/** Lists the resources of a type, with their logical ids. */
export function resourcesOfType(template: Template, type: string): [string, TemplateResource][] {
  return Object.entries(template.Resources).filter(([, resource]) => resource.Type === type)
}

/** Copies a part of a template; each node for which `replace` returns a value is replaced by it. */
export function rewrite(node: unknown, replace: (node: object) => unknown): unknown {
  if (Array.isArray(node)) return node.map((item) => rewrite(item, replace))
  if (typeof node !== 'object' || node === null) return node
  const replacement = replace(node)
  if (replacement !== undefined) return replacement
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, rewrite(value, replace)]))
}
