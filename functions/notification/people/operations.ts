import type * as z from 'zod/mini'
import type { ApiAnswer, ApiOperation, NamedSchema } from '../../shared/http/api-description.ts'
import { MANAGE_OR_SELF, userNotFound, userParameter } from '../fields.ts'
import { preferencesAnswer, preferencesBody, quietHoursBody, userAnswer, userBody } from './schema.ts'

const userFields = {
  email: 'The mailbox of a user who has no endpoint for email.',
  phone: 'The number of a user who has no endpoint for SMS, in E.164.',
  locale: 'The language of templates, unless the preferences have another.',
  zone: 'The IANA zone of quiet hours that name none.',
}

const preferenceFields = {
  categories: 'By category and channel. `false` turns a channel off; a mailbox’s unsubscription shows as `false`, too.',
  quietHours: 'Hours in which email, SMS and push wait.',
  digest: 'By category: `false` sends at once what others get in a digest.',
  locale: 'The language of templates.',
}

export const peopleSchemas: Record<string, NamedSchema> = {
  User: { schema: userAnswer, description: 'A user.', fields: userFields },
  NewUser: {
    schema: userBody,
    description:
      'A user to make. A field that is `null` counts as left out; `id`, `version` and `updatedAt` may be sent back as they were read.',
    fields: userFields,
  },
  Preferences: { schema: preferencesAnswer, description: 'What a user wants.', fields: preferenceFields },
  NewPreferences: {
    schema: preferencesBody,
    description: 'What a user wants from now on. A field that is `null` counts as left out.',
    fields: preferenceFields,
  },
  QuietHours: {
    schema: quietHoursBody,
    description: 'A daily span of local time, its end excluded.',
    fields: { zone: 'An IANA zone; without one the user’s, or UTC.' },
  },
}

const user: z.infer<typeof userAnswer> = {
  id: 'ann',
  email: 'ann@example.com',
  phone: '+4915112345678',
  locale: 'de',
  zone: 'Europe/Berlin',
  version: 'q8Ls3nC0Zt4e',
  updatedAt: '2026-03-12T19:03:58.005Z',
}
const { id: _, version: __, updatedAt: ___, ...newUser } = user
const preferences: z.infer<typeof preferencesAnswer> = {
  categories: { comments: { email: false } },
  quietHours: { start: '22:00', end: '07:00', zone: null },
  digest: {},
  locale: null,
}

const answer = (description: string): ApiAnswer => ({
  description,
  body: userAnswer,
  example: user,
  headers: ['ETag'],
})
const shown = (description: string): ApiAnswer => ({
  description,
  body: preferencesAnswer,
  example: preferences,
  headers: ['ETag'],
})
const one = { tag: 'People', params: userParameter, scope: MANAGE_OR_SELF, conditional: true }

export const peopleOperations: readonly ApiOperation[] = [
  {
    ...one,
    routeKey: 'PUT /v1/users/{id}',
    id: 'putUser',
    summary: 'Make or replace a user',
    description:
      'A user who was never stored can be notified, too: in the inbox. Without If-Match the last write wins.',
    body: userBody,
    example: newUser,
    responses: { 200: answer('The replaced user.'), 201: answer('The new user.'), 404: userNotFound },
  },
  {
    ...one,
    routeKey: 'DELETE /v1/users/{id}',
    id: 'eraseUser',
    summary: 'Erase a user',
    description:
      'Profile, preferences, endpoints and inbox are deleted, and what is not sent yet is cancelled. Suppressions and unsubscriptions stay, as keyed hashes of the addresses. A repeated request gets 204 again, whatever its `If-Match`.',
    responses: { 204: { description: 'The user is erased, or was never there.' }, 404: userNotFound },
  },
  {
    ...one,
    routeKey: 'GET /v1/users/{id}/preferences',
    id: 'getPreferences',
    summary: 'Get the preferences of a user',
    description: 'Empty for a user who has stored none; there is no ETag then.',
    responses: {
      200: {
        description: 'The preferences; with an ETag once there are any.',
        body: preferencesAnswer,
        example: preferences,
      },
      404: userNotFound,
    },
  },
  {
    ...one,
    routeKey: 'PUT /v1/users/{id}/preferences',
    id: 'putPreferences',
    summary: 'Replace the preferences of a user',
    description:
      'They hold for what is waiting, too. `true` for a category’s email undoes an unsubscription of the user’s mailboxes. Without If-Match the last write wins.',
    body: preferencesBody,
    example: preferences,
    responses: { 200: shown('The new preferences.'), 404: userNotFound },
  },
]
