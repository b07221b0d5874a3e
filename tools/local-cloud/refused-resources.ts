import { rewrite, type Template, type TemplateResource } from './template.ts'

/** The references between resources of a template that are not in their properties. */
interface Resource extends TemplateResource {
  DependsOn?: string | string[]
  UpdatePolicy?: unknown
}

/**
 * Copies a template without the resources that an engine refuses. Dependencies on one are dropped, as are outputs and
 * update policies that name one; elsewhere its name and attributes become `not-here-<logical id>`, so that a property
 * that needed it is easily recognised.
 */
export function withoutResources(template: Template, isRefused: (resource: TemplateResource) => boolean): Template {
  const resources = Object.entries<Resource>(template.Resources)
  const refused = new Set(resources.filter(([, resource]) => isRefused(resource)).map(([id]) => id))
  if (refused.size === 0) return template
  const kept = resources.filter(([id]) => !refused.has(id))
  const copy: Template & { Outputs?: object } = {
    ...template,
    Resources: Object.fromEntries(kept.map(([id, resource]) => [id, detach(resource, refused)])),
  }
  if (copy.Outputs) copy.Outputs = withoutReferencing(copy.Outputs, refused)
  return rewrite(copy, (node) => placeholder(node, refused)) as Template
}

/** Lists the types of the resources that are missing from a template's corrected copy. */
export function leftOut(original: Template, corrected: Template): string[] {
  return Object.entries(original.Resources)
    .filter(([id]) => !(id in corrected.Resources))
    .map(([, { Type }]) => Type)
}

/** Formats types as `1 AWS::CloudWatch::CompositeAlarm, 4 AWS::Logs::QueryDefinition`. */
export function countByType(types: string[]): string {
  const counts = Map.groupBy(types.toSorted(), (type) => type)
  return [...counts].map(([type, { length }]) => `${length} ${type}`).join(', ')
}

function detach({ DependsOn = [], UpdatePolicy, ...rest }: Resource, refused: Set<string>): Resource {
  const dependencies = [DependsOn].flat().filter((id) => !refused.has(id))
  return {
    ...rest,
    ...(dependencies.length > 0 && { DependsOn: dependencies }),
    ...(UpdatePolicy !== undefined && !names(UpdatePolicy, refused) && { UpdatePolicy }),
  }
}

function withoutReferencing(entries: object, refused: Set<string>): object {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => !names(value, refused)))
}

/** Checks whether any part of a value is a reference to one of these resources. */
function names(value: unknown, ids: Set<string>): boolean {
  let found = false
  rewrite(value, (node) => {
    if (placeholder(node, ids) !== undefined) found = true
    return undefined
  })
  return found
}

function placeholder(node: object, refused: Set<string>): string | undefined {
  const reference = node as { Ref?: unknown; 'Fn::GetAtt'?: unknown }
  const attribute = reference['Fn::GetAtt']
  const id = Array.isArray(attribute) ? attribute[0] : reference.Ref
  return typeof id === 'string' && refused.has(id) ? `not-here-${id}` : undefined
}
