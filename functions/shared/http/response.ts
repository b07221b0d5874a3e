import type { ProblemCode } from '../errors.ts'

/** A route's response. The HTTP handler adds the common headers and serialises the body. */
export interface HttpResponse {
  status: number
  headers?: Record<string, string>
  /** Values of `Set-Cookie`. */
  cookies?: string[]
  /** Sent as it is if it is a string or bytes, otherwise serialised as JSON. */
  body?: unknown
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): HttpResponse {
  return { status, body, headers: { 'content-type': 'application/json; charset=utf-8', ...headers } }
}

/** An invalid value. Its `path` is such as `url` or `tags[3]`, and empty for the body itself. */
export interface FieldError {
  path: string
  message: string
}

/** @typeParam Code the possible codes: `ProblemCode`, or a system's union of that and its own. */
export interface Problem<Code extends string = ProblemCode> {
  status: number
  /** A stable code in kebab case: the one field that a client switches on. */
  code: Code
  /** A sentence for a person that says what is wrong and what to do. */
  detail: string
  errors?: FieldError[]
  headers?: Record<string, string>
  /** The URI of a registered problem type, which also has a title and members. Absent for all other problems. */
  type?: string
  title?: string
  members?: Readonly<Record<string, unknown>>
}

/**
 * A problem as a thrown error, for code that can't return a response (a body parser, a scope check). The HTTP handler
 * turns it into the response.
 */
export class HttpProblem<Code extends string = ProblemCode> extends Error {
  readonly problem: Problem<Code>

  // `NoInfer`, because inference would accept any code.
  constructor(problem: Problem<NoInfer<Code>>) {
    super(problem.detail)
    this.name = 'HttpProblem'
    this.problem = problem
  }
}

/** Titles of `about:blank` problems, which are the status phrases (RFC 9457, section 4.2.1). */
const TITLES: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  410: 'Gone',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  451: 'Unavailable For Legal Reasons',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

/** Builds an RFC 9457 response. A user quotes `requestId` when they report the error. */
export function problemResponse(problem: Problem<string>, requestId: string): HttpResponse {
  const { status, code, detail, errors, headers, members } = problem
  return {
    status,
    headers: { 'content-type': 'application/problem+json; charset=utf-8', ...headers },
    body: {
      type: problem.type ?? 'about:blank',
      title: problem.title ?? TITLES[status] ?? 'Error',
      status,
      detail,
      code,
      requestId,
      ...(errors && { errors }),
      ...members,
    },
  }
}
