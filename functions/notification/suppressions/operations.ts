import type * as z from 'zod/mini'
import type { ApiAnswer, ApiOperation, NamedSchema } from '../../shared/http/api-description.ts'
import { MANAGE } from '../fields.ts'
import {
  listSuppressionsQuery,
  suppressionAnswer,
  suppressionBody,
  suppressionPage,
  suppressionQuery,
} from './schema.ts'

export const suppressionSchemas: Record<string, NamedSchema> = {
  Suppression: {
    schema: suppressionAnswer,
    description: 'An address that gets nothing on a channel.',
    fields: { address: 'The address; `null` once its user was erased, and only a keyed hash of it is left.' },
  },
  NewSuppression: { schema: suppressionBody, description: 'An address that is to get nothing more.' },
  SuppressionPage: {
    schema: suppressionPage,
    description: 'A part of a list.',
    fields: { nextCursor: 'The `cursor` of the next page; `null` on the last.' },
  },
}

const suppression: z.infer<typeof suppressionAnswer> = {
  channel: 'email',
  address: 'ann@example.com',
  reason: 'complaint',
  createdAt: '2026-03-12T19:03:58.005Z',
}

const answer = (description: string): ApiAnswer => ({ description, body: suppressionAnswer, example: suppression })

const one = {
  tag: 'Suppressions',
  params: {
    channel: {
      name: 'AddressChannel',
      pattern: '^(?:email|sms|push|webhook)$',
      description: 'A channel that reaches addresses.',
      example: 'email',
    },
  },
  scope: MANAGE,
}

export const suppressionOperations: readonly ApiOperation[] = [
  {
    routeKey: 'GET /v1/suppressions',
    id: 'listSuppressions',
    tag: 'Suppressions',
    summary: 'List the suppressed addresses of the tenant',
    description: 'By channel, otherwise in no order that means anything.',
    scope: MANAGE,
    query: listSuppressionsQuery,
    responses: {
      200: {
        description: 'A page of suppressions.',
        body: suppressionPage,
        example: { items: [suppression], nextCursor: null },
      },
    },
  },
  {
    ...one,
    routeKey: 'PUT /v1/suppressions/{channel}',
    id: 'suppress',
    summary: 'Suppress an address',
    description:
      'Nothing is sent to it any more on this channel, whatever the priority. Permanent bounces and complaints do the same by themselves. Mailboxes compare without case.',
    body: suppressionBody,
    example: { address: 'ann@example.com', reason: 'complaint' },
    onlyIfAbsent: true,
    responses: {
      200: answer('The suppression, with its new reason.'),
      201: answer('The new suppression.'),
      404: { description: 'There is no channel with this name with addresses.', codes: ['not-found'] },
    },
  },
  {
    ...one,
    routeKey: 'DELETE /v1/suppressions/{channel}',
    id: 'unsuppress',
    summary: 'End the suppression of an address',
    description: 'The address may be in a JSON body instead of the query, so that it is in no log of a proxy.',
    query: suppressionQuery,
    queryFields: { address: { description: 'The address.', example: 'ann@example.com' } },
    responses: {
      204: { description: 'The address gets notifications again.' },
      404: { description: 'The address is not suppressed on this channel.', codes: ['not-found'] },
    },
  },
]
