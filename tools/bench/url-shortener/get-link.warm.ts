import type { WarmCase } from '../cases.ts'
import { httpEvent } from '../invocation.ts'
import { LINK } from './a-link.ts'
import { management } from './management.ts'

export const warm: WarmCase = {
  title: '`GET /v1/links/{code}` (url-shortener/management)',
  budget: 'standard',
  event: httpEvent({
    routeKey: 'GET /v1/links/{code}',
    path: `/v1/links/${LINK.code}`,
    params: { code: LINK.code },
    claims: { sub: LINK.createdBy, tenant: LINK.tenant, scope: 'links:read links:write' },
  }),
  handler: management,
  isRight: (answer) => Object(answer).statusCode === 200,
  usual: 'usual-get-link.ts',
}
