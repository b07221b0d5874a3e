import type * as z from 'zod/mini'
import type { ApiAnswer, ApiOperation, ApiRefusal, NamedSchema } from '../../shared/http/api-description.ts'
import { MANAGE, NAME } from '../fields.ts'
import { mappingAnswer, mappingBody } from './schema.ts'

const fields = {
  recipients: 'A JSONPath (RFC 9535) to the names of users, or to a list of them: 500 at most.',
  category: 'The category of the notifications.',
  template: 'The template of the notifications.',
  data: 'What the template prints: texts that begin with `$` are JSONPaths into the event. Without it, the event’s `data`.',
}

export const mappingSchemas: Record<string, NamedSchema> = {
  Mapping: { schema: mappingAnswer, description: 'Turns events of one type into notifications.', fields },
  NewMapping: {
    schema: mappingBody,
    description:
      'A mapping to make. `data: null` counts as left out; `detailType`, `version` and `updatedAt` may be sent back as they were read.',
    fields,
  },
}

const mapping: z.infer<typeof mappingAnswer> = {
  detailType: 'orders.order.placed',
  recipients: '$.data.buyers[*].user',
  category: 'orders',
  template: 'order-placed',
  data: { order: '$.data.order' },
  version: 'q8Ls3nC0Zt4e',
  updatedAt: '2026-03-12T19:03:58.005Z',
}
const { detailType: _, version: __, updatedAt: ___, ...definition } = mapping

const notFound: ApiRefusal = {
  name: 'MappingNotFound',
  description: 'There is no mapping for this type.',
  codes: ['not-found'],
}

const answer = (description: string): ApiAnswer => ({
  description,
  body: mappingAnswer,
  example: mapping,
  headers: ['ETag'],
})

const common = {
  tag: 'Mappings',
  params: {
    detailType: {
      name: 'DetailType',
      pattern: NAME.source,
      description: 'The `detail-type` of events on the bus.',
      example: 'orders.order.placed',
    },
  },
  scope: MANAGE,
  conditional: true,
}

export const mappingOperations: readonly ApiOperation[] = [
  {
    ...common,
    routeKey: 'GET /v1/mappings/{detailType}',
    id: 'getMapping',
    summary: 'Get a mapping',
    description: 'The mapping as it is now.',
    responses: { 200: answer('The mapping.'), 404: notFound },
  },
  {
    ...common,
    routeKey: 'PUT /v1/mappings/{detailType}',
    id: 'putMapping',
    summary: 'Make or replace a mapping',
    description:
      'From then on, events of this type on the stack’s bus become notifications of the tenant that they name. A path has `..` once at most, and its filters only compare fields. Category and template need not exist yet. Without If-Match the last write wins.',
    body: mappingBody,
    example: definition,
    responses: { 200: answer('The replaced mapping.'), 201: answer('The new mapping.') },
  },
  {
    ...common,
    routeKey: 'DELETE /v1/mappings/{detailType}',
    id: 'deleteMapping',
    summary: 'Delete a mapping',
    description: 'Notifications that it has made are kept.',
    responses: { 204: { description: 'The mapping is deleted.' }, 404: notFound },
  },
]
