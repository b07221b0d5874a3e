import { requirePrincipal, type Tenancy } from '../../shared/auth/principal.ts'
import type { HttpRoute } from '../../shared/http/handler.ts'
import { HttpProblem, json } from '../../shared/http/response.ts'
import { existingName, SEND } from '../fields.ts'
import { type NotificationProblemCode, noSuchNotification } from '../problems.ts'
import type { Cancel } from './cancel.ts'

export interface CancelRoutesOptions {
  cancel: Cancel
  tenancy: Tenancy
}

/** The route that cancels what no worker has claimed. */
export function cancelRoutes({ cancel, tenancy }: CancelRoutesOptions): Record<string, HttpRoute> {
  return {
    async 'DELETE /v1/notifications/{id}'(request) {
      const { tenant } = requirePrincipal(request, SEND, tenancy)
      const id = { tenant, id: existingName(request, 'id', noSuchNotification) }
      const result = await cancel({ id, cause: request.cause }, request.signal)
      if (result.outcome === 'not-found') throw noSuchNotification()
      if (result.outcome === 'too-late') throw tooLate()
      return json(200, { channels: result.channels })
    },
  }
}

function tooLate() {
  const detail = 'Workers have already claimed every channel.'
  return new HttpProblem<NotificationProblemCode>({ status: 409, code: 'too-late', detail })
}
