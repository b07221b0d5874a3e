import type * as z from 'zod/mini'
import type { ApiAnswer, ApiOperation, ApiRefusal, NamedSchema } from '../../shared/http/api-description.ts'
import { MANAGE, NAME } from '../fields.ts'
import { categoryAnswer, categoryBody, categoryPage, digestRule, listCategoriesQuery, throttle } from './schema.ts'

const fields = {
  channels: 'The channels of a notification that names none.',
  required: 'True: preferences and unsubscriptions don’t apply, for example to password resets.',
  onUncertain: 'What to do when it is unknown whether a provider sent something: send it again, or not.',
  throttle: 'Limits how many notifications a user gets. Critical ones bypass it.',
  digest:
    'Gathers what a user gets on a channel into one, if its template has `digest: true`. Critical ones pass, and a user may turn it off.',
}

export const categorySchemas: Record<string, NamedSchema> = {
  Category: { schema: categoryAnswer, description: 'A kind of notifications, with its rules.', fields },
  CategoryDefinition: {
    schema: categoryBody,
    description:
      'A category to make. A field that is `null` counts as left out; `name`, `version` and `updatedAt` may be sent back as they were read.',
    fields,
  },
  CategoryThrottle: {
    schema: throttle,
    description: 'At most `limit` notifications to one user in any window of `windowMs`.',
    fields: { over: 'What happens to a notification over the limit: it is deferred or dropped.' },
  },
  CategoryDigest: {
    schema: digestRule,
    description: 'A window that its first item opens.',
    fields: { maxItems: 'The number of items that closes the window early.' },
  },
  CategoryPage: {
    schema: categoryPage,
    description: 'A part of a list.',
    fields: { nextCursor: 'The `cursor` of the next page; `null` on the last.' },
  },
}

const category: z.infer<typeof categoryAnswer> = {
  name: 'comments',
  channels: ['inapp', 'email'],
  required: false,
  onUncertain: 'drop',
  throttle: { limit: 20, windowMs: 3_600_000, over: 'drop' },
  digest: null,
  version: 'q8Ls3nC0Zt4e',
  updatedAt: '2026-03-12T19:03:58.005Z',
}
const { name: _, version: __, updatedAt: ___, digest: ____, ...definition } = category

const notFound: ApiRefusal = {
  name: 'CategoryNotFound',
  description: 'There is no category with this name.',
  codes: ['not-found'],
}

const answer = (description: string): ApiAnswer => ({
  description,
  body: categoryAnswer,
  example: category,
  headers: ['ETag'],
})

const named = {
  tag: 'Categories',
  params: {
    name: { name: 'CategoryName', pattern: NAME.source, description: 'The name of a category.', example: 'comments' },
  },
  scope: MANAGE,
  conditional: true,
}

export const categoryOperations: readonly ApiOperation[] = [
  {
    routeKey: 'GET /v1/categories',
    id: 'listCategories',
    tag: 'Categories',
    summary: 'List the categories of the tenant, by name',
    description: 'Ask again with `nextCursor` until it is `null`.',
    scope: MANAGE,
    query: listCategoriesQuery,
    responses: {
      200: {
        description: 'A page of categories.',
        body: categoryPage,
        example: { items: [category], nextCursor: null },
      },
    },
  },
  {
    ...named,
    routeKey: 'GET /v1/categories/{name}',
    id: 'getCategory',
    summary: 'Get a category',
    description: 'The category as it is now.',
    responses: { 200: answer('The category.'), 404: notFound },
  },
  {
    ...named,
    routeKey: 'PUT /v1/categories/{name}',
    id: 'putCategory',
    summary: 'Make or replace a category',
    description:
      'Its rules also apply to notifications that are waiting, except for `channels`: those of a notification never change. Without If-Match the last write wins. A change that changes nothing keeps the ETag.',
    body: categoryBody,
    example: definition,
    responses: { 200: answer('The replaced category.'), 201: answer('The new category.') },
  },
  {
    ...named,
    routeKey: 'DELETE /v1/categories/{name}',
    id: 'deleteCategory',
    summary: 'Delete a category',
    description: 'Notifications of it that are still waiting fail.',
    responses: { 204: { description: 'The category is deleted.' }, 404: notFound },
  },
]
