import { rewrite, type Template, type TemplateResource } from '../local-cloud/template.ts'

/** Where the messages of a dead-letter queue came from, and so where they go back to: logical ids of a stack. */
export type Origin =
  /** A queue whose consumer failed them or set them aside. */
  | { kind: 'queue'; queue: string }
  /** A rule of EventBridge, whose target is a queue … */
  | { kind: 'rule-to-queue'; queue: string }
  /** … or a function. */
  | { kind: 'rule-to-function'; function: string }
  /** An outbox: a function on a table's stream. */
  | { kind: 'outbox'; function: string }

export interface DeadLetters {
  /** By its construct, as in `Orders/Shipments`. */
  name: string
  stack: string
  /** Of the dead-letter queue itself. */
  logicalId: string
  origin: Origin
}

const FUNCTIONS = ['AWS::Lambda::Function', 'AWS::Lambda::Alias']

/** The dead-letter queues of a stack: those that a queue, a rule or a stream's mapping names as such. */
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
 * Those whose name is, or ends with, the words given: `Shipments` is `Orders/Shipments`. Case is the same
 * to it. One that is so named exactly goes before others.
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

/** The logical ids that a value refers to. */
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

/** The path that the CDK writes beside a resource, without what every dead-letter queue's ends with. */
function nameOf(stack: string, id: string, { Resources }: Template): string {
  const path = (Resources[id] as { Metadata?: Record<string, unknown> }).Metadata?.['aws:cdk:path']
  return typeof path === 'string' ? path.replace(/(\/DeadLetters)?(\/Queue)?\/Resource$/, '') : `${stack}/${id}`
}
