import * as z from 'zod/mini'
import type { ApiAnswer, ApiOperation, ApiRefusal, NamedSchema } from '../../shared/http/api-description.ts'
import { CODE, linkNotFound } from '../described-codes.ts'
import { bulkError, bulkResult, createdLinksBody, linkBody, linkRule } from './answer-schema.ts'
import { changeLinkBody, createLinkBody, linkStatus, listLinksQuery, MAX_BULK, newLinkRule } from './schema.ts'

/** The documented body of `POST /v1/links/bulk`, whose links are validated one by one: errors are in the response. */
const newLinksBody = z.strictObject({ links: z.array(createLinkBody).check(z.maxLength(MAX_BULK)) })

const linkPage = z.strictObject({ items: z.array(linkBody), nextCursor: z.nullable(z.string()) })

const settings = {
  redirect: 'The status of the redirect. Only 301 and 308 may be cached.',
  cacheSeconds: 'The time for which a client may cache a 301 or 308. Visits from its cache are not counted.',
  startsAt: 'The link is not active before this time.',
  expiresAt: 'The link is expired from this time on.',
  expiredUrl: 'The target of the link once it is expired or exhausted.',
  maxClicks: 'The visit limit. It is never exceeded.',
  tags: 'Words by which links can be found.',
  forwardQuery: 'If true, the query of a visit is added to the target. The target’s own parameters win.',
  rules: 'Other targets for some visitors: the first rule whose conditions all match wins.',
}

export const linkSchemas: Record<string, NamedSchema> = {
  Link: {
    schema: linkBody,
    description: 'A short link.',
    fields: {
      ...settings,
      shortUrl: 'The short URL to share.',
      url: 'The target of the link.',
      clicks: 'The number of visits that were counted.',
      createdBy: 'The `sub` of the token that created the link.',
    },
  },
  LinkStatus: { schema: linkStatus, description: 'The state of a link. Only an active one leads to its target.' },
  LinkRule: { schema: linkRule, description: 'A target for visitors who match all conditions.' },
  NewLink: {
    schema: createLinkBody,
    description: 'A link to create. A field that is `null` counts as omitted.',
    fields: {
      ...settings,
      url: 'The target: http or https, at most 2,048 characters, with a public host and without credentials.',
      alias: 'The code of the link, instead of a random one. A code is never reused.',
      password: 'The password that visitors must enter. No response contains it.',
      reuse: 'If true, an existing plain link to the same target is returned, if there is one.',
    },
  },
  NewLinkRule: { schema: newLinkRule, description: 'A target for visitors who match all conditions.' },
  NewLinks: { schema: newLinksBody, description: 'Links to create. Each is validated independently.' },
  LinkChange: {
    schema: changeLinkBody,
    description: 'The fields to change. `null` clears one.',
    fields: {
      ...settings,
      url: 'The new target.',
      password: 'The password that visitors must enter. No response contains it.',
    },
  },
  LinkPage: {
    schema: linkPage,
    description:
      'A page of a list. It may have fewer links than requested, even none, and still be followed by another.',
    fields: { nextCursor: 'The `cursor` of the next page; `null` on the last.' },
  },
  BulkResult: { schema: createdLinksBody, description: 'The outcome of each link, in the order of the request.' },
  BulkLinkResult: {
    schema: bulkResult,
    description: 'The outcome of one link: it has either `link` or `error`.',
    fields: { index: 'The position in the request, from 0.', status: 'The status that a separate request would get.' },
  },
  BulkLinkError: {
    schema: bulkError,
    description: 'The reason why a link was refused.',
    fields: { code: 'The `code` that a separate request would get.', errors: 'The invalid values.' },
  },
}

const link: z.infer<typeof linkBody> = {
  code: 'spring-sale',
  shortUrl: 'https://s.example.com/spring-sale',
  url: 'https://example.com/sale?season=spring',
  redirect: 302,
  cacheSeconds: 0,
  status: 'active',
  createdAt: '2026-03-12T19:03:58.005Z',
  updatedAt: '2026-03-12T19:03:58.005Z',
  startsAt: null,
  expiresAt: '2026-06-01T00:00:00.000Z',
  expiredUrl: null,
  maxClicks: 1000,
  clicks: 0,
  hasPassword: false,
  title: 'Spring sale',
  tags: ['sale'],
  forwardQuery: false,
  rules: [],
  createdBy: 'user-1',
}
const { url, title, tags, maxClicks } = link
const newLink = { url, alias: link.code, title, tags, maxClicks, expiresAt: '2026-06-01T02:00:00+02:00' }

const answer = (description: string, example = link): ApiAnswer => ({
  description,
  body: linkBody,
  example,
  headers: ['ETag'],
})
const made = (description: string, example?: typeof link): ApiAnswer => ({
  ...answer(description, example),
  headers: ['ETag', 'Location'],
})
const invalidUrl: ApiRefusal = { description: 'The target is not allowed.', codes: ['invalid-url'] }

export const linkOperations: readonly ApiOperation[] = [
  {
    routeKey: 'POST /v1/links',
    id: 'createLink',
    tag: 'Links',
    summary: 'Create a short link',
    description:
      'With `reuse`, the response is the tenant’s plain link to the same target (no alias, password, cap, dates or rules), if there is one.',
    scope: 'links:write',
    body: createLinkBody,
    example: newLink,
    idempotent: true,
    responses: {
      200: made('An existing link, with `reuse`.', {
        ...link,
        code: '4kX9wQ2',
        shortUrl: 'https://s.example.com/4kX9wQ2',
        expiresAt: null,
        maxClicks: null,
      }),
      201: made('The new link.'),
      409: { description: 'The alias was used before, or is reserved.', codes: ['alias-taken', 'alias-reserved'] },
      422: invalidUrl,
    },
  },
  {
    routeKey: 'POST /v1/links/bulk',
    id: 'createLinks',
    tag: 'Links',
    summary: 'Create up to 100 short links',
    description:
      'Each link is created or refused independently. The body may have 1 MB; it counts as one write of the tenant.',
    scope: 'links:write',
    body: newLinksBody,
    example: { links: [newLink, { url: 'https://user:secret@example.com/' }] },
    idempotent: true,
    responses: {
      207: {
        description: 'The outcome of each link.',
        body: createdLinksBody,
        example: {
          results: [
            { index: 0, status: 201, link },
            {
              index: 1,
              status: 422,
              error: {
                code: 'invalid-url',
                message: 'The url must have no credentials.',
                errors: [{ path: 'url', message: 'must have no credentials' }],
              },
            },
          ],
        },
      },
    },
  },
  {
    routeKey: 'GET /v1/links',
    id: 'listLinks',
    tag: 'Links',
    summary: 'List the links of the tenant, newest first',
    description: 'Repeat the request with `nextCursor` until it is `null`: an empty page need not be the last.',
    scope: 'links:read',
    query: listLinksQuery,
    queryFields: {
      tag: { description: 'Only links with this tag.', example: 'sale' },
      q: { description: 'Only links with this text in target, title or code.', example: 'spring' },
      status: { description: 'Only links in this state.', example: 'active' },
    },
    responses: {
      200: {
        description: 'A page of links.',
        body: linkPage,
        example: { items: [link], nextCursor: 'eyJhIjoiYiJ9.c2lnbmF0dXJl' },
      },
    },
  },
  {
    routeKey: 'GET /v1/links/{code}',
    id: 'getLink',
    tag: 'Links',
    summary: 'Get a link',
    description:
      'Includes its settings, its state and its clicks, but not its password. `status` and `clicks` change without a new ETag.',
    params: CODE,
    scope: 'links:read',
    conditional: true,
    responses: { 200: answer('The link.'), 404: linkNotFound },
  },
  {
    routeKey: 'PATCH /v1/links/{code}',
    id: 'changeLink',
    tag: 'Links',
    summary: 'Change a link',
    description:
      'Omitted fields stay unchanged, and `null` clears a field. The change is effective everywhere within 5 seconds. Without If-Match the last write wins. A change without effect keeps the ETag.',
    params: CODE,
    scope: 'links:write',
    body: changeLinkBody,
    example: { title: 'Summer sale', expiresAt: null },
    conditional: true,
    responses: {
      200: answer('The changed link.', { ...link, title: 'Summer sale', expiresAt: null }),
      404: linkNotFound,
      422: invalidUrl,
    },
  },
  {
    routeKey: 'DELETE /v1/links/{code}',
    id: 'deleteLink',
    tag: 'Links',
    summary: 'Delete a link',
    description: 'Visitors get 410 from then on, and its code is never reused.',
    params: CODE,
    scope: 'links:write',
    conditional: true,
    responses: { 204: { description: 'The link is deleted.' }, 404: linkNotFound },
  },
]
