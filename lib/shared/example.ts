/** A request that shows what a system does: printed as a `curl` line after a local deploy, and run by a test. */
export interface Example {
  /** What it does, in one line. */
  readonly title: string
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly url: string
  readonly headers?: Record<string, string>
  /** Sent as JSON. */
  readonly body?: unknown
  /** The status it answers with. */
  readonly status: number
}

export interface ExampleContext {
  /** Without a trailing slash. */
  readonly apiUrl: string
  /** A token with the module's scopes. */
  readonly token: string
  /** Letters and digits that were not used before, for names that must be new. */
  readonly unique: string
}

/** What `lib/<system>/examples.ts` exports. */
export interface ExampleModule {
  /** The scopes of the token in the examples, with spaces between them. */
  readonly scope: string
  readonly examples: (context: ExampleContext) => Example[]
}
