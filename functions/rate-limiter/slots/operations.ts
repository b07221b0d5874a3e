import type { ApiOperation, ApiRefusal, NamedSchema } from '../../shared/http/api-description.ts'
import { heartbeatAnswer, slotAnswer, slotBody } from './schema.ts'

export const slotSchemas: Record<string, NamedSchema> = {
  NewSlot: {
    schema: slotBody,
    description: 'A slot to take.',
    fields: { policy: 'The name of a concurrency policy.', ttlMs: 'For how long, unless a heartbeat prolongs it.' },
  },
  Slot: { schema: slotAnswer, description: 'A slot that is held.' },
  Heartbeat: { schema: heartbeatAnswer, description: 'Until when the slot is held now.' },
}

const ID = {
  id: {
    name: 'SlotId',
    pattern: '^[A-Za-z0-9_-]{1,128}$',
    description: 'The id of a slot.',
    example: 'b2F0bWVhbC0x',
  },
}
const lost: ApiRefusal = {
  name: 'SlotLost',
  description: 'There is no slot with this id, or it is lost.',
  codes: ['not-found'],
}
const expiresAt = '2026-03-12T19:04:58.005Z'

export const slotOperations: readonly ApiOperation[] = [
  {
    routeKey: 'POST /v1/slots',
    id: 'takeSlot',
    tag: 'Slots',
    summary: 'Take a slot',
    description: 'It is held until it is given back, or expires without a heartbeat: a holder that dies frees it so.',
    scope: 'limits:check',
    body: slotBody,
    example: { policy: 'exports', subject: 'org:7', ttlMs: 60_000 },
    idempotent: true,
    responses: {
      201: { description: 'The slot.', body: slotAnswer, example: { slotId: 'b2F0bWVhbC0x', expiresAt } },
      422: { description: 'The tenant has no policy with this name.', codes: ['unknown-policy'] },
      429: { description: 'All slots are held.', codes: ['rate-limited'], headers: ['Retry-After'] },
    },
  },
  {
    routeKey: 'PUT /v1/slots/{id}',
    id: 'holdSlot',
    tag: 'Slots',
    summary: 'Hold a slot longer',
    description: 'A heartbeat: from now on for as long again as the slot was taken for. It takes no body.',
    params: ID,
    scope: 'limits:check',
    responses: {
      200: { description: 'The slot is held.', body: heartbeatAnswer, example: { expiresAt } },
      404: lost,
    },
  },
  {
    routeKey: 'DELETE /v1/slots/{id}',
    id: 'releaseSlot',
    tag: 'Slots',
    summary: 'Give a slot back',
    description: 'Its place is free at once.',
    params: ID,
    scope: 'limits:check',
    responses: { 204: { description: 'The slot is free.' }, 404: lost },
  },
]
