import { requirePrincipal, type Tenancy } from '../../shared/auth/principal.ts'
import type { HttpRoute } from '../../shared/http/handler.ts'
import { invalidInput } from '../../shared/http/invalid-input.ts'
import { type HttpRequest, jsonBody } from '../../shared/http/request.ts'
import { HttpProblem, type HttpResponse, json, problemResponse } from '../../shared/http/response.ts'
import { singleValues } from '../../shared/http/single-values.ts'
import { quotaProblem, rateLimitFields } from '../../shared/rate-limit/http/rate-limit-fields.ts'
import { type LimiterProblemCode, unknownPolicy } from '../problems.ts'
import { type NamedCheck, readCheckBody } from './check-body.ts'
import type { DecideChecks, DecideResult } from './decide-checks.ts'

/** The route that decides, for callers that read the answer and for proxies that go by the status alone. */
export function checkRoute({ decide, tenancy }: { decide: DecideChecks; tenancy: Tenancy }): HttpRoute {
  return async (request) => {
    const { tenant } = requirePrincipal(request, 'limits:check', tenancy)
    const isEnforced = readsStatusAlone(request)
    const { cause, signal } = request
    const result = await decide({ tenant, checks: readChecks(request), cause }, signal)
    if (result.outcome !== 'decided') throw refusal(result)
    const { decided, checks } = result
    if (!isEnforced) return json(200, toBody(result))
    const fields = rateLimitFields(checks, decided.decisions)
    if (decided.allowed) return json(200, toBody(result), fields)
    const { headers, ...problem } = problemResponse(quotaProblem(decided), request.requestId)
    return { ...problem, headers: { ...headers, ...fields } } satisfies HttpResponse
  }
}

/** Reads `?enforce=http`: a denial is then told by 429. */
function readsStatusAlone({ rawQuery }: HttpRequest): boolean {
  const { enforce, ...others } = singleValues(rawQuery)
  const errors = Object.keys(others).map((path) => ({ path, message: 'is not a field of this request' }))
  if (enforce !== undefined && enforce !== 'http') errors.unshift({ path: 'enforce', message: 'must be http' })
  if (errors.length > 0) throw invalidInput(errors)
  return enforce === 'http'
}

function readChecks(request: HttpRequest): NamedCheck[] {
  const body = readCheckBody(jsonBody(request))
  if ('errors' in body) throw invalidInput(body.errors)
  return body.checks
}

function toBody({ decided, decisionIds }: Extract<DecideResult, { outcome: 'decided' }>) {
  const decisions = decided.decisions.map(({ charges: _, ...decision }, index) => ({
    decisionId: decisionIds[index],
    ...decision,
  }))
  return { allowed: decided.allowed, decisions }
}

function refusal({ outcome, indexes }: Exclude<DecideResult, { outcome: 'decided' }>): HttpProblem<LimiterProblemCode> {
  const paths = indexes.map((index) => `checks[${index}].policy`)
  if (outcome === 'unknown-policy') return unknownPolicy(paths)
  if (outcome === 'concurrency') {
    const message = 'is a concurrency policy: take its slots with POST /v1/slots'
    return invalidInput(paths.map((path) => ({ path, message })))
  }
  return new HttpProblem<LimiterProblemCode>({
    status: 422,
    code: 'not-composable',
    detail: 'A policy with shards is checked in a request of its own.',
    errors: paths.map((path) => ({ path, message: 'has shards, and is checked in a request of its own' })),
  })
}
