/** How a kind of thing looks in a picture. */
export interface Kind {
  /** What it is, in two or three words. */
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

/** What is drawn. Roles, permissions, logs, alarms, aliases and deployments are not: they carry no data. */
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

/** What is no resource that is drawn; the key of such a node is `<kind>:<name>`. */
const OTHERS: Readonly<Record<string, Kind>> = {
  bus: { caption: 'event bus', shape: HEXAGON },
  clock: { caption: 'schedule', shape: PILL },
  person: { caption: '', shape: PILL },
  stack: { caption: 'other stack', shape: ROUNDED },
}

/** What constructs call the resource that they are about. */
const WORDS: readonly string[] = [
  ...['Api', 'HttpApi', 'WebSocketApi', 'Function', 'Handler', 'StateMachine', 'Table', 'Bucket', 'Secret'],
  ...['Queue', 'Topic', 'Bus', 'EventBus', 'Archive', 'Pool', 'UserPool'],
]

export function isDrawn(type: string | undefined): boolean {
  return type !== undefined && Object.hasOwn(RESOURCES, type)
}

/** Whether a part of a construct's path names its kind, and so nothing that a label's caption doesn't say. */
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
  if (!kind) throw new Error(`Nobody said how to draw "${name}": tools/diagrams/kinds.ts has the kinds.`)
  return kind
}
