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

/** The exports of `lib/<system>/examples.ts`. */
export interface ExampleModule {
  /** The scopes of the token in the examples, with spaces between them. */
  readonly scope: string
  readonly examples: (context: ExampleContext) => Example[]
}
