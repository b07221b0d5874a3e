import { rewrite, type Template, type TemplateResource } from '../local-cloud/template.ts'

/** The origin of a dead-letter queue's messages, to which they are moved back: logical ids of a stack. */
export type Origin =
  /** A queue whose consumer failed to process them or set them aside. */
  | { kind: 'queue'; queue: string }
  /** A rule of EventBridge, whose target is a queue … */
  | { kind: 'rule-to-queue'; queue: string }
  /** … or a function. */
  | { kind: 'rule-to-function'; function: string }
  /** An outbox: a function on a table's stream. */
  | { kind: 'outbox'; function: string }

export interface DeadLetters {
  /** Its construct's path, as in `Orders/Shipments`. */
  name: string
  stack: string
  /** The logical id of the dead-letter queue itself. */
  logicalId: string
  origin: Origin
}

const FUNCTIONS = ['AWS::Lambda::Function', 'AWS::Lambda::Alias']

/** Finds the dead-letter queues of a stack: those that a queue, a rule or a stream's mapping refers to as such. */
export function deadLettersOf(stack: string, template: Template): DeadLetters[] {
  return Object.entries(template.Resources).flatMap(([id, resource]) =>
    originsIn(id, resource, template).map(({ deadLetters, origin }) => ({
      name: nameOf(stack, deadLetters, template),
      stack,
      logicalId: deadLetters,
      origin,
    })),
  )
}

/**
 * Selects queues whose name is, or ends with, the given words: `Shipments` matches `Orders/Shipments`. Case is ignored.
 * An exact match takes precedence.
 */
export function named<Queue extends DeadLetters>(all: readonly Queue[], wanted: string): Queue[] {
  const lower = wanted.toLowerCase()
  const exact = all.filter(({ name }) => name.toLowerCase() === lower)
  return exact.length > 0 ? exact : all.filter(({ name }) => name.toLowerCase().endsWith(`/${lower}`))
}

interface Found {
  deadLetters: string
  origin: Origin
}

function originsIn(id: string, { Type, Properties = {} }: TemplateResource, template: Template): Found[] {
  const find = (types: string[], value: unknown) => referencesIn(value).find((ref) => isOneOf(template, ref, types))
  const found = (place: unknown, origin: Origin | undefined): Found[] => {
    const deadLetters = find(['AWS::SQS::Queue'], place)
    return deadLetters && origin ? [{ deadLetters, origin }] : []
  }
  switch (Type) {
    case 'AWS::SQS::Queue':
      return found(Properties.RedrivePolicy, { kind: 'queue', queue: id })
    case 'AWS::Events::Rule':
      return [Properties.Targets ?? []].flat().flatMap((target) => {
        const { Arn, DeadLetterConfig } = target as { Arn?: unknown; DeadLetterConfig?: unknown }
        const queue = find(['AWS::SQS::Queue'], Arn)
        const fn = find(FUNCTIONS, Arn)
        if (queue) return found(DeadLetterConfig, { kind: 'rule-to-queue', queue })
        return found(DeadLetterConfig, fn ? { kind: 'rule-to-function', function: fn } : undefined)
      })
    case 'AWS::Lambda::EventSourceMapping': {
      const fn = find(FUNCTIONS, Properties.FunctionName)
      return found(Properties.DestinationConfig, fn ? { kind: 'outbox', function: fn } : undefined)
    }
    default:
      return []
  }
}

function isOneOf(template: Template, id: string, types: string[]): boolean {
  return types.includes(template.Resources[id]?.Type ?? '')
}

/** Lists the logical ids that a value refers to. */
function referencesIn(value: unknown): string[] {
  const ids: string[] = []
  rewrite(value, (node) => {
    const { Ref, 'Fn::GetAtt': attribute } = node as { Ref?: unknown; 'Fn::GetAtt'?: unknown }
    const id = Array.isArray(attribute) ? attribute[0] : Ref
    if (typeof id === 'string') ids.push(id)
    return undefined
  })
  return ids
}

/** Returns the path in the CDK's metadata, without the suffix that every dead-letter queue has. */
export function nameOf(stack: string, id: string, { Resources }: Template): string {
  const path = (Resources[id] as { Metadata?: Record<string, unknown> }).Metadata?.['aws:cdk:path']
  return typeof path === 'string' ? path.replace(/(\/DeadLetters)?(\/Queue)?\/Resource$/, '') : `${stack}/${id}`
}
