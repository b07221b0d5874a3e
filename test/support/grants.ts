import { at, objectsIn, ofType, type Resource, referenced, type SynthesizedStack, stringsIn } from './templates.ts'

/** A statement of a function's policies. */
export interface Grant {
  readonly actions: string[]
  readonly resources: unknown
  /** The patterns of partition keys that it is limited to; undefined if it is limited to none. */
  readonly keys: unknown
}

/** Returns the function whose logical id starts with its construct id, as in `Management`. */
export function functionOf({ id, resources }: SynthesizedStack, construct: string): Resource {
  const found = ofType(resources, 'AWS::Lambda::Function').find((fn) => fn.id.startsWith(construct))
  if (!found) throw new Error(`There is no function ${construct} in ${id}.`)
  return found
}

/** Returns the value of an environment variable of a function. */
export function variableOf(fn: Resource, name: string): unknown {
  return at(fn.properties, 'Environment', 'Variables', name)
}

/** Lists what a function's own role allows. */
export function grantsOf({ resources }: SynthesizedStack, fn: Resource): Grant[] {
  const role = referenced(fn.properties.Role)
  return ofType(resources, 'AWS::IAM::Policy')
    .filter(({ properties }) => objectsIn(properties.Roles).some((ref) => referenced(ref) === role))
    .flatMap(({ properties }) => objectsIn(properties.PolicyDocument))
    .filter(({ Action }) => Action !== undefined)
    .map(({ Action, Resource, Condition }) => ({
      actions: stringsIn(Action),
      resources: Resource,
      keys: at(Condition, 'ForAllValues:StringLike', 'dynamodb:LeadingKeys'),
    }))
}

/** Lists the actions on tables that a function may take, with the partition keys that they are limited to. */
export function tableGrantsOf(stack: SynthesizedStack, fn: Resource): Pick<Grant, 'actions' | 'keys'>[] {
  return grantsOf(stack, fn)
    .map(({ actions, keys }) => ({ actions: actions.filter((action) => action.startsWith('dynamodb:')), keys }))
    .filter(({ actions }) => actions.length > 0)
}

/** Lists the actions on tables that a function may take, sorted. */
export function tableActionsOf(stack: SynthesizedStack, fn: Resource): string[] {
  return tableGrantsOf(stack, fn)
    .flatMap(({ actions }) => actions)
    .sort()
}
