import * as z from 'zod/mini'
import { type Principal, requirePrincipal, type Tenancy } from '../shared/auth/principal.ts'
import type { Clock } from '../shared/clock.ts'
import type { ApiRefusal } from '../shared/http/api-description.ts'
import type { HttpRoute } from '../shared/http/handler.ts'
import type { Idempotency } from '../shared/http/idempotency.ts'
import { type HttpRequest, jsonBody } from '../shared/http/request.ts'
import { HttpProblem, type HttpResponse, json } from '../shared/http/response.ts'
import { validate } from '../shared/http/validate.ts'
import type { NewJob } from './domain/job.ts'
import { JOB_ID_PATTERN, type JobKind } from './domain/job-files.ts'

export interface JobRoutesOptions {
  /** The URL of the API, without a trailing slash. */
  apiUrl: string
  idempotency: Idempotency
  tenancy: Tenancy
  now: Clock
}

interface JobRoutes {
  kind: JobKind
  scope: string
  /** Starts a job, and returns what its requester has to know beside its id. */
  start: (job: NewJob, signal: AbortSignal) => Promise<object>
  /** Returns what a client may know of a job; `undefined` if there is no such job of this tenant. */
  read: (selector: { tenant: string; id: string }, signal: AbortSignal) => Promise<object | undefined>
}

/** The parameter in the paths of jobs. */
export const JOB = {
  jobId: { name: 'JobId', pattern: `^${JOB_ID_PATTERN}$`, description: 'The id of a job.', example: 'n7Qm2vXbT0aK' },
}

export const jobNotFound: ApiRefusal = {
  name: 'JobNotFound',
  description: 'There is no such job of this tenant. A job exists for a week.',
  codes: ['not-found'],
}

const ID = new RegExp(JOB.jobId.pattern)

/** Creates the two routes of a kind of job: `POST /v1/imports` and `GET /v1/imports/{jobId}`, say. */
export function jobRoutes(
  options: JobRoutesOptions,
  { kind, scope, start, read }: JobRoutes,
): Record<string, HttpRoute> {
  const { apiUrl, idempotency, tenancy, now } = options
  const path = `/v1/${kind}s`
  return {
    async [`POST ${path}`](request): Promise<HttpResponse> {
      const principal = requirePrincipal(request, scope, tenancy)
      return idempotency(request, principal, async (id) => {
        requireNoFields(request)
        const more = await start({ ...requestedBy(request, principal), id, createdAt: now() }, request.signal)
        return json(202, { jobId: id, ...more }, { location: `${apiUrl}${path}/${id}` })
      })
    },
    async [`GET ${path}/{jobId}`](request): Promise<HttpResponse> {
      const { tenant } = requirePrincipal(request, scope, tenancy)
      const { jobId: id = '' } = request.params
      const view = ID.test(id) ? await read({ tenant, id }, request.signal) : undefined
      if (view) return json(200, view)
      throw new HttpProblem({
        status: 404,
        code: 'not-found',
        detail: 'There is no such job. A job exists for a week.',
      })
    },
  }
}

function requestedBy(
  { cause }: HttpRequest,
  { tenant, sub }: Principal,
): Pick<NewJob, 'tenant' | 'createdBy' | 'cause'> {
  return { tenant, createdBy: sub, cause }
}

/** Accepts a request without a body, or with an empty object. */
function requireNoFields(request: HttpRequest): void {
  if (request.body.length > 0) validate(z.strictObject({}), jsonBody(request))
}
