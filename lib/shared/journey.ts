/** A request of a journey, and the expected answer. */
export interface Ask {
  /** @default GET */
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** The path with a leading slash. */
  readonly path: string
  readonly headers?: Record<string, string>
  /** The body, sent as JSON. */
  readonly body?: unknown
  /** True to send the request without the token. */
  readonly anonymous?: boolean
  readonly expect: Expectation
  /**
   * Milliseconds for which the request is repeated until the answer is as expected, because of eventual consistency or a
   * limit. A `Retry-After` is respected.
   *
   * @default the request is sent once
   */
  readonly within?: number
}

export interface Expectation {
  /** The accepted statuses. */
  readonly status: number | readonly number[]
  /** Headers by their lower-case names; a pattern where the value isn't known. */
  readonly headers?: Readonly<Record<string, string | RegExp>>
  /** A check of the JSON body, and its name in messages, as in "the link". A check that throws has failed. */
  // biome-ignore lint/suspicious/noExplicitAny: the check itself finds out the shape of the body.
  readonly body?: { readonly is: string; readonly holds: (json: any) => boolean }
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** The body, if it is JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: the expectation has checked it.
  readonly json: any
}

export interface JourneyContext {
  /** Sends the request and returns its answer; rejects when it is not as expected. Redirects are not followed. */
  readonly ask: (ask: Ask) => Promise<Answer>
  /** Lower-case letters and digits that are new in each run, for names that must be unique. */
  readonly unique: string
}

export interface JourneyStep {
  /** The action that the step tests, as in "follows the link". */
  readonly name: string
  readonly run: () => Promise<void>
}

/** A smoke test: the steps of a typical user, which show that a deployment works, on AWS or locally. */
export interface Journey {
  /** Steps in order; the first failure ends the journey. */
  readonly steps: readonly JourneyStep[]
  /** Deletes everything that the steps have created; always runs, after them. */
  readonly cleanUp: () => Promise<void>
}

/** The exports of `lib/<system>/journey.ts`. */
export interface JourneyModule {
  /** The scopes that the token must have, separated by spaces. */
  readonly scope: string
  readonly journey: (context: JourneyContext) => Journey
  /** Extra CPU time that a step needs, in ms of a full core, by the step's name: for the cost estimate. */
  readonly coreMs?: Readonly<Record<string, number>>
}

/**
 * Creates the steps that end every journey: the system itself answers requests that no route matches. On AWS they also
 * show that API Gateway may invoke the function behind `$default`; otherwise it would answer 500.
 */
export function unmatchedSteps({ ask, unique }: JourneyContext): JourneyStep[] {
  const refused = (request: Pick<Ask, 'method' | 'path'>, status: number, { code, allow }: Refusal) =>
    ask({
      ...request,
      anonymous: true,
      headers: { accept: 'application/json' },
      expect: {
        status,
        headers: { 'content-type': /^application\/problem\+json\b/, ...(allow && { allow }) },
        body: { is: `the problem ${code}`, holds: (problem) => problem.code === code && problem.status === status },
      },
    })
  return [
    {
      name: 'answers 404 for an unknown path',
      run: async () => void (await refused({ path: `/no/such/path/${unique}` }, 404, { code: 'not-found' })),
    },
    {
      name: 'answers 405 for a wrong method',
      run: async () => {
        // Every HTTP API has this path, for GET and HEAD.
        const request = { method: 'DELETE', path: '/health' } as const
        await refused(request, 405, { code: 'method-not-allowed', allow: /\bGET\b/ })
      },
    },
  ]
}

interface Refusal {
  /** The code of the problem. */
  readonly code: string
  readonly allow?: RegExp
}
