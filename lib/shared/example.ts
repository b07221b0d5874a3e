/** A request that shows a feature of a system: printed as a `curl` line after a local deployment, and run by a test. */
export interface Example {
  /** A title of one line. */
  readonly title: string
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly url: string
  readonly headers?: Record<string, string>
  /** The body, sent as JSON. */
  readonly body?: unknown
  /** The status of the answer. */
  readonly status: number
}

export interface ExampleContext {
  /** Without a trailing slash. */
  readonly apiUrl: string
  /** A token with the scopes of the examples. */
  readonly token: string
  /** Letters and digits that are new in each run, for names that must be unique. */
  readonly unique: string
}

/** A frame that shows a feature of a WebSocket API: printed as a line for Node after a local deployment. */
export interface SocketExample {
  /** A title of one line. */
  readonly title: string
  /** The URL to which a POST with the examples' token is answered with `{ticket}`. */
  readonly ticketUrl: string
  /** The frame to send once the connection is open. */
  readonly frame: { readonly v: 1; readonly action: string; readonly id: string } & Readonly<Record<string, unknown>>
}

/** The exports of `lib/<system>/examples.ts`. */
export interface ExampleModule {
  /** The scopes of the token in the examples, with spaces between them. */
  readonly scope: string
  readonly examples: (context: ExampleContext) => Example[]
  /** An example of the stack's WebSocket API, if it has one. */
  readonly socketExample?: (context: ExampleContext) => SocketExample
}
