// The JSON that the console's server and its page exchange.

/** The deployed systems, and what the page may do with them. */
export interface ConsoleState {
  /** `local`: the local cloud of this project. `aws`: one deployment, to which only its API gives access. */
  mode: 'local' | 'aws'
  /** True if the local cloud answers; always true on AWS. */
  isUp: boolean
  stacks: StackState[]
}

export interface StackState {
  /** The name of the stack, as in `Orders`. */
  name: string
  apiUrl: string
  webSocketUrl?: string
}

/**
 * The promises of the project's systems, and how the resilience modules behave when more is asked than can be served.
 */
export interface Promises {
  systems: { title: string; guarantees: readonly GuaranteeState[] }[]
  /** A plot in SVG; null where the project has none. */
  overload: string | null
}

export interface GuaranteeState {
  /** Stable, as in `paid-once`. */
  id: string
  text: string
  /** The tests that fail when it is broken, each with the path of its file. */
  proofs: readonly { file: string; title: string }[]
  faults: readonly { fault: string; effect: string }[]
}

/** The functions and queues of all stacks. */
export interface Inventory {
  functions: FunctionState[]
  queues: QueueState[]
}

export interface FunctionState {
  stack: string
  /** Its short name, as in `Publisher`. */
  name: string
  /** The name by which AWS knows it. */
  functionName: string
  /** The operations of AWS that its role allows, as in `dynamodb.GetItem`. */
  operations: string[]
  faults: InjectedFault[]
}

/** A fault that is switched on: `functions/shared/resilience/parse-faults.ts` describes the fields. */
export interface InjectedFault {
  operation: string
  rate: number
  error?: string
  latencyMs?: number
}

export interface QueueState {
  stack: string
  /** Its construct's path, as in `Shipments` or `Shipments/DeadLetters`. */
  name: string
  isForDeadLetters: boolean
  /** The number of messages that wait, whether visible, delayed or in flight. */
  depth: number
}

/** An event on the bus of a stack, in the envelope that all consumers receive. */
export interface BusEvent {
  /** The system that published it, as in `stackyard.orders`. */
  source: string
  id: string
  type: string
  time: string
  tenant: string
  subject: string
  correlationId: string
  traceparent: string
  data: unknown
}

/** A line in which a policy (retry, breaker, fault) reports something. */
export interface PolicyLine {
  id: string
  stack: string
  /** The short name of the function. */
  function: string
  /** Milliseconds since the epoch. */
  time: number
  level: string
  message: string
  traceId?: string
  /** The operation, the error or whatever else explains it. */
  detail: string
}

/** The messages of the live feed, by the name of their event. */
export interface Live {
  event: BusEvent
  queues: QueueState[]
  policy: PolicyLine
}

/** A part of a trace, with times in milliseconds since the epoch. */
export interface Span {
  kind: 'function' | 'outbox' | 'bus'
  /** The function, as in `Orders/Api`, or the event that waits. */
  name: string
  start: number
  end: number
  outcome: 'ok' | 'failed'
  /** Notes for a reader, such as the route and the status. */
  detail: string
}

export interface Trace {
  id: string
  spans: Span[]
  /** The lines of `npm run logs -- --trace`. */
  lines: string[]
}

export interface TokenRequest {
  sub: string
  tenant?: string
  /** Scopes, separated by spaces. */
  scope: string
}

/** A call of a system's API, which the server makes. */
export interface CallRequest {
  stack: string
  method: string
  /** Begins with a slash. */
  path: string
  headers: Record<string, string>
  body?: string
}

export interface CallAnswer {
  status: number
  headers: Record<string, string>
  /** The bytes of the body in base64. */
  body: string
  /** Milliseconds from sending the request to the last byte, as the server measured them. */
  ms: number
}
