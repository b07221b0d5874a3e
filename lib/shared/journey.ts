/** A request of a journey, and what its answer must be. */
export interface Ask {
  /** @default GET */
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** With a leading slash. */
  readonly path: string
  readonly headers?: Record<string, string>
  /** Sent as JSON. */
  readonly body?: unknown
  /** Sent without the token. */
  readonly anonymous?: boolean
  readonly expect: Expectation
  /**
   * In ms: how long to ask again until the answer is as expected, for what is eventually consistent.
   *
   * @default asked once
   */
  readonly within?: number
}

export interface Expectation {
  /** Any of these. */
  readonly status: number | readonly number[]
  /** By their names in lower case; a pattern where the value isn't known. */
  readonly headers?: Readonly<Record<string, string | RegExp>>
  /** What must hold for the JSON body, and how a message names it, as in "the link". Throwing counts as no. */
  // biome-ignore lint/suspicious/noExplicitAny: what is in it is what the check finds out.
  readonly body?: { readonly is: string; readonly holds: (json: any) => boolean }
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** The body, if it is JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: the expectation has looked at it.
  readonly json: any
}

export interface JourneyContext {
  /** Sends the request and gives its answer; rejects when that is not as expected. Redirects are not followed. */
  readonly ask: (ask: Ask) => Promise<Answer>
  /** Lower-case letters and digits that were not used before, for names that must be new. */
  readonly unique: string
}

export interface JourneyStep {
  /** What the system does in it, as in "follows the link". */
  readonly name: string
  readonly run: () => Promise<void>
}

/** A way through a system as its users go it: it shows that a deployment works, whatever it runs on. */
export interface Journey {
  /** In this order; the first that rejects is the last. */
  readonly steps: readonly JourneyStep[]
  /** Takes away what the steps have made and left; runs always, after them. */
  readonly cleanUp: () => Promise<void>
}

/** What `lib/<system>/journey.ts` exports. */
export interface JourneyModule {
  /** The scopes that the token must have, with spaces between them. */
  readonly scope: string
  readonly journey: (context: JourneyContext) => Journey
  /** What a step takes of a whole core beside the usual, in ms, by its name: for what it costs. */
  readonly coreMs?: Readonly<Record<string, number>>
}

/**
 * Makes the steps that every journey ends with: the system itself answers what no route matches. On AWS they also show
 * that API Gateway may call the function behind `$default`; otherwise it answers 500.
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
  /** Of the problem. */
  readonly code: string
  readonly allow?: RegExp
}
