import * as z from 'zod/mini'
import { requirePrincipal, type Tenancy } from '../../shared/auth/principal.ts'
import type { ApiOperation, NamedSchema } from '../../shared/http/api-description.ts'
import type { HttpRoute } from '../../shared/http/handler.ts'
import { json } from '../../shared/http/response.ts'
import { POLICY_NAME } from '../domain/policy.ts'
import { policyNameParameter, policyNotFound } from '../fields.ts'
import { noSuchPolicy } from '../problems.ts'
import type { TopSubjects } from './top-subjects.ts'

const deniedSubject = z.strictObject({ subject: z.string(), count: z.int() })
const topAnswer = z.strictObject({ items: z.array(deniedSubject) })

/** The route that tells whom a policy denies most. */
export function topRoutes({ top, tenancy }: { top: TopSubjects; tenancy: Tenancy }): Record<string, HttpRoute> {
  return {
    async 'GET /v1/policies/{name}/top'(request) {
      const { tenant } = requirePrincipal(request, 'limits:admin', tenancy)
      const { name = '' } = request.params
      const items = POLICY_NAME.test(name) ? await top({ tenant, name }, request.signal) : undefined
      if (!items) throw noSuchPolicy()
      return json(200, { items } satisfies z.output<typeof topAnswer>)
    },
  }
}

export const topSchemas: Record<string, NamedSchema> = {
  TopSubjects: { schema: topAnswer, description: 'Whom a policy denied most often in the last hour.' },
  DeniedSubject: {
    schema: deniedSubject,
    description: 'A subject, and how often it was denied.',
    fields: { count: 'Approximate, and never too high.' },
  },
}

export const topOperations: readonly ApiOperation[] = [
  {
    routeKey: 'GET /v1/policies/{name}/top',
    id: 'topSubjects',
    tag: 'Policies',
    summary: 'Tell whom a policy denies most',
    description:
      'At most a hundred subjects that were denied in the last hour, the most often denied first. Approximate, and at most two minutes behind.',
    params: policyNameParameter,
    scope: 'limits:admin',
    responses: {
      200: {
        description: 'The subjects.',
        body: topAnswer,
        example: { items: [{ subject: 'user:3', count: 1200 }] },
      },
      404: policyNotFound,
    },
  },
]
