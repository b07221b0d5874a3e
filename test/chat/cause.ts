import type { Cause } from '../../functions/shared/events/event.ts'

export const CAUSE: Cause = {
  correlationId: 'request-1',
  causationId: null,
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
}
