import { isDrawn } from './kinds.ts'

/** The parts of a template that a picture needs, as the CDK or CloudFormation write them, with or without metadata. */
export interface Template {
  readonly Resources?: Readonly<Record<string, TemplateResource>>
}

interface TemplateResource {
  readonly Type: string
  readonly Properties?: unknown
  readonly Metadata?: unknown
}

export interface Resource {
  /** Its logical id. */
  readonly id: string
  readonly type: string
  readonly properties: Readonly<Record<string, unknown>>
  /** Its construct's path from the app, as in `Orders/Api/Function/Resource`; absent in templates of other origin. */
  readonly path?: string
}

/** A template's resources, and the references in its values. */
export interface StackView {
  readonly resources: readonly Resource[]
  ofType(...types: string[]): Resource[]
  /** Logical ids that a value refers to, in the order of its text. */
  ids(value: unknown): string[]
  /** Nodes that a value refers to: drawn resources by logical id, other stacks as `stack:<name>`. */
  ends(value: unknown): string[]
}

export function stackView(template: Template): StackView {
  const all = new Map(Object.entries(template.Resources ?? {}).map(([id, resource]) => [id, resourceOf(id, resource)]))
  const resources = [...all.values()]
  const ids = (value: unknown) => [...new Set(named(value).map((name) => unaliased(name, all)))]
  return {
    resources,
    ofType: (...types) => resources.filter(({ type }) => types.includes(type)),
    ids,
    ends: (value) => ids(value).filter((id) => id.startsWith('stack:') || isDrawn(all.get(id)?.type)),
  }
}

function resourceOf(id: string, { Type, Properties, Metadata }: TemplateResource): Resource {
  const path = at(Metadata, 'aws:cdk:path')
  return { id, type: Type, properties: { ...(Properties as object) }, ...(typeof path === 'string' && { path }) }
}

/** Returns the part of a value at a path; undefined if the path ends early. */
export function at(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  )
}

/** Returns a list of a value that may be one, several, or missing. */
export function listOf(value: unknown): unknown[] {
  return [value].flat().filter((item) => item !== undefined)
}

/**
 * Returns the text of a value, with `${Id.Attribute}` where the deployment inserts something, and `${stack:Name}` for
 * another stack's output.
 */
export function textOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value ?? '')
  if (Array.isArray(value)) return value.map(textOf).join('')
  const [[name, argument] = ['', undefined]] = Object.entries(value)
  switch (name) {
    case 'Ref':
      return `\${${argument}}`
    case 'Fn::GetAtt':
      return `\${${[argument].flat().join('.')}}`
    case 'Fn::Join':
      return listOf(at(argument, '1'))
        .map(textOf)
        .join(textOf(at(argument, '0')))
    case 'Fn::Sub':
      return substituted(argument)
    case 'Fn::GetStackOutput':
      return `\${stack:${textOf(at(argument, 'StackName'))}}`
    case 'Fn::ImportValue':
      // The CDK names exports `<stack>:<output>`.
      return `\${stack:${textOf(argument).split(':')[0]}}`
    default:
      return Object.values(value).map(textOf).join('')
  }
}

function substituted(argument: unknown): string {
  const [template, variables] = Array.isArray(argument) ? argument : [argument, {}]
  return String(template).replaceAll(/\$\{([^}]+)\}/g, (whole, name: string) => {
    const value = at(variables, name)
    return value === undefined ? whole : textOf(value)
  })
}

function named(value: unknown): string[] {
  return [...textOf(value).matchAll(/\$\{(stack:[^}]*|[A-Za-z0-9]+)/g)].map(([, name = '']) => name)
}

/** Resolves an alias or version to its function. */
function unaliased(id: string, resources: ReadonlyMap<string, Resource>): string {
  const resource = resources.get(id)
  if (resource?.type !== 'AWS::Lambda::Alias' && resource?.type !== 'AWS::Lambda::Version') return id
  const [target] = named(resource.properties.FunctionName)
  return target === undefined ? id : unaliased(target, resources)
}
