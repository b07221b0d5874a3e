import { httpEvent } from '../invocation.ts'
import { LINK } from './a-link.ts'

/** One visit of a short link. */
export const VISIT = httpEvent({
  routeKey: 'GET /{code}',
  path: `/${LINK.code}`,
  params: { code: LINK.code },
})
