/** The appearance of a kind of node in a picture. */
export interface Kind {
  /** A caption of two or three words. */
  readonly caption: string
  /** Mermaid's brackets around the label. */
  readonly shape: readonly [string, string]
}

const BOX = ['[', ']'] as const
const STORE = ['[(', ')]'] as const
const ROUNDED = ['(', ')'] as const
const PILL = ['([', '])'] as const
const HEXAGON = ['{{', '}}'] as const

const TABLE: Kind = { caption: 'DynamoDB table', shape: STORE }

/**
 * Resource types that are drawn. Roles, permissions, logs, alarms, aliases and deployments are not: they carry no data.
 */
const RESOURCES: Readonly<Record<string, Kind>> = {
  'AWS::ApiGatewayV2::Api': { caption: 'API', shape: ['[[', ']]'] },
  'AWS::Cognito::UserPool': { caption: 'Cognito user pool', shape: STORE },
  'AWS::DynamoDB::GlobalTable': TABLE,
  'AWS::DynamoDB::Table': TABLE,
  'AWS::Events::Archive': { caption: 'archive', shape: STORE },
  'AWS::Events::EventBus': { caption: 'event bus', shape: HEXAGON },
  'AWS::Lambda::Function': { caption: 'Lambda function', shape: BOX },
  'AWS::S3::Bucket': { caption: 'S3 bucket', shape: STORE },
  'AWS::SNS::Topic': { caption: 'SNS topic', shape: HEXAGON },
  'AWS::SQS::Queue': { caption: 'SQS queue', shape: ['[/', '/]'] },
  'AWS::SecretsManager::Secret': { caption: 'secret', shape: STORE },
  'AWS::StepFunctions::StateMachine': { caption: 'state machine', shape: BOX },
}

/** Nodes that are no resources; the key of such a node is `<kind>:<name>`. */
const OTHERS: Readonly<Record<string, Kind>> = {
  bus: { caption: 'event bus', shape: HEXAGON },
  clock: { caption: 'schedule', shape: PILL },
  person: { caption: '', shape: PILL },
  stack: { caption: 'other stack', shape: ROUNDED },
}

/** Construct ids that stand for the resource inside of the construct. */
const WORDS: readonly string[] = [
  ...['Api', 'HttpApi', 'WebSocketApi', 'Function', 'Handler', 'StateMachine', 'Table', 'Bucket', 'Secret'],
  ...['Queue', 'Topic', 'Bus', 'EventBus', 'Archive', 'Pool', 'UserPool'],
]

export function isDrawn(type: string | undefined): boolean {
  return type !== undefined && Object.hasOwn(RESOURCES, type)
}

/** Checks whether a part of a construct's path only repeats the kind, which the label's caption already says. */
export function isKindWord(part: string): boolean {
  return WORDS.includes(part)
}

/** @throws Error for a type that is not drawn. */
export function kindOf(type: string): Kind {
  return lookUp(RESOURCES, type)
}

/** @throws Error for a prefix that no key has. */
export function kindOfOther(prefix: string): Kind {
  return lookUp(OTHERS, prefix)
}

function lookUp(kinds: Readonly<Record<string, Kind>>, name: string): Kind {
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined
  if (!kind) throw new Error(`"${name}" has no kind of node: add one to tools/diagrams/kinds.ts.`)
  return kind
}
