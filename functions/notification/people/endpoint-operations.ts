import type * as z from 'zod/mini'
import type { ApiAnswer, ApiOperation, ApiRefusal, NamedSchema } from '../../shared/http/api-description.ts'
import { MANAGE_OR_SELF, NAME, userNotFound, userParameter } from '../fields.ts'
import { endpointAnswer, endpointBody, endpointPage, listEndpointsQuery, newEndpointAnswer } from './schema.ts'

const fields = {
  address: 'A mailbox, a number in E.164, the device’s token or platform endpoint, or an HTTPS URL.',
  enabled: 'Every enabled endpoint of a channel gets what goes over it.',
  disabledReason: 'Why it was disabled by the service.',
}

export const endpointSchemas: Record<string, NamedSchema> = {
  Endpoint: { schema: endpointAnswer, description: 'An address of a user on one channel.', fields },
  PutEndpoint: {
    schema: newEndpointAnswer,
    description: 'An endpoint after a change.',
    fields: { ...fields, secret: 'The secret of a webhook’s signatures (Standard Webhooks), only when it is new.' },
  },
  NewEndpoint: {
    schema: endpointBody,
    description:
      'An endpoint to make. `id`, `disabledReason`, `version` and `updatedAt` may be sent back as they were read.',
    fields: {
      ...fields,
      secret: 'The secret of a webhook’s signatures; without it, it keeps its own or gets a new one.',
    },
  },
  EndpointPage: {
    schema: endpointPage,
    description: 'A part of a list.',
    fields: { nextCursor: 'The `cursor` of the next page; `null` on the last.' },
  },
}

const endpoint: z.infer<typeof endpointAnswer> = {
  id: 'phone-1',
  channel: 'sms',
  address: '+4915112345678',
  enabled: true,
  disabledReason: null,
  version: 'q8Ls3nC0Zt4e',
  updatedAt: '2026-03-12T19:03:58.005Z',
}

const answer = (description: string): ApiAnswer => ({
  description,
  body: newEndpointAnswer,
  example: endpoint,
  headers: ['ETag'],
})

const notFound: ApiRefusal = { description: 'The user has no endpoint with this id.', codes: ['not-found'] }

const one = {
  tag: 'People',
  params: {
    ...userParameter,
    endpointId: {
      name: 'EndpointId',
      pattern: NAME.source,
      description: 'An endpoint, by a name that is unique in the tenant.',
      example: 'phone-1',
    },
  },
  scope: MANAGE_OR_SELF,
  conditional: true,
}

export const endpointOperations: readonly ApiOperation[] = [
  {
    routeKey: 'GET /v1/users/{id}/endpoints',
    id: 'listEndpoints',
    tag: 'People',
    summary: 'List the endpoints of a user, by id',
    description: 'Secrets are not shown.',
    params: userParameter,
    scope: MANAGE_OR_SELF,
    query: listEndpointsQuery,
    responses: {
      200: {
        description: 'A page of endpoints.',
        body: endpointPage,
        example: { items: [endpoint], nextCursor: null },
      },
      404: userNotFound,
    },
  },
  {
    ...one,
    routeKey: 'PUT /v1/users/{id}/endpoints/{endpointId}',
    id: 'putEndpoint',
    summary: 'Make or replace an endpoint',
    description: 'Without If-Match the last write wins. A change that changes nothing keeps the ETag.',
    body: endpointBody,
    example: { channel: 'sms', address: '+4915112345678', enabled: true },
    responses: {
      200: answer('The replaced endpoint.'),
      201: answer('The new endpoint.'),
      404: { description: 'No user, or no endpoint, can have this name.', codes: ['not-found'] },
      409: {
        description: 'Another user of the tenant has an endpoint with this id, or the user has 50 endpoints.',
        codes: ['endpoint-taken', 'too-many-endpoints'],
      },
    },
  },
  {
    ...one,
    routeKey: 'DELETE /v1/users/{id}/endpoints/{endpointId}',
    id: 'deleteEndpoint',
    summary: 'Delete an endpoint',
    description: 'What waits for it goes to the others, or fails.',
    responses: { 204: { description: 'The endpoint is deleted.' }, 404: notFound },
  },
]
