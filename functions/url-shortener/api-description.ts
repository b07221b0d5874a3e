import * as z from 'zod/mini'
import type { ApiDescription } from '../shared/http/api-description.ts'
import { healthBody } from '../shared/http/health-schema.ts'
import { CODE_PATTERN } from './domain/code.ts'
import { createdLinksBody, linkBody } from './manage/answer-schema.ts'
import { changeLinkBody, createLinkBody, createLinksBody, listLinksQuery } from './manage/schema.ts'
import { blockBody, reportBody } from './moderate/routes.ts'
import { unlockBody } from './unlock/route.ts'

/** `GET /{code}+`, asked for as JSON. */
export const previewBody = z.strictObject({
  code: z.string(),
  url: z.nullable(z.string()),
  title: z.nullable(z.string()),
  createdAt: z.string(),
})

const CODE = { code: `^${CODE_PATTERN}$` }
const CODE_OR_PREVIEW = { code: `^${CODE_PATTERN}\\+?$` }
const LINK_HEADERS = { etag: 'The version of the link, for If-Match.' }
const link = (description: string) => ({ description, body: linkBody, headers: LINK_HEADERS })
const made = (description: string) => ({
  ...link(description),
  headers: { ...LINK_HEADERS, location: 'Where the link is managed.' },
})
const notFound = { description: 'There is no such link of this tenant: `not-found`.' }
const stale = {
  description: '`If-Match` or `If-None-Match` does not hold for the current version: `precondition-failed`.',
}
const notModified = {
  description: 'The client has the current version. What changes without a new version, as `clicks`, may be another.',
  headers: LINK_HEADERS,
}
const toTarget = (description: string) => ({ description, headers: { location: 'The target.' } })
const redirects = {
  200: {
    description:
      'A page: the form for the password, or for bots one without the target. With a `+` behind the code a preview: a page, or JSON where that is asked for and HTML is not.',
    body: previewBody,
  },
  301: toTarget('The target; a browser may remember it for the link’s `cacheSeconds`.'),
  302: toTarget('The target, or where the link leads once it is over. HEAD of a guarded link has no `location`.'),
  307: toTarget('The target, with the same method.'),
  308: toTarget('The target, with the same method; a browser may remember it for the link’s `cacheSeconds`.'),
  404: { description: 'There is no link with this code, or not yet: `not-found`, `not-started`.' },
  410: { description: 'The link is over: `expired`, `exhausted`, `deleted`.' },
  451: { description: 'The link is blocked: `blocked`.' },
}
const robots = { 200: { description: 'What robots may read.' } }

export const apiDescription: ApiDescription = {
  title: 'URL shortener',
  description: 'Short links: make, change, list and delete them, and follow them.',
  operations: [
    {
      routeKey: 'GET /{code}',
      id: 'followLink',
      summary: 'Follow a short link, or with a + behind its code see where it leads',
      params: CODE_OR_PREVIEW,
      pages: true,
      responses: redirects,
    },
    {
      routeKey: 'HEAD /{code}',
      id: 'probeLink',
      summary: 'Look where a short link leads',
      params: CODE_OR_PREVIEW,
      pages: true,
      responses: redirects,
    },
    {
      routeKey: 'GET /robots.txt',
      id: 'getRobots',
      summary: 'See what robots may read',
      responses: robots,
    },
    {
      routeKey: 'HEAD /robots.txt',
      id: 'probeRobots',
      summary: 'See whether robots may read anything',
      responses: robots,
    },
    {
      routeKey: 'POST /v1/links',
      id: 'createLink',
      summary: 'Make a short link',
      scope: 'links:write',
      body: createLinkBody,
      idempotent: true,
      responses: {
        200: made('With `reuse`: a plain link of the same url that is there.'),
        201: made('The link.'),
        409: { description: 'The alias is taken or reserved, or the operation is under way: see `code`.' },
      },
    },
    {
      routeKey: 'POST /v1/links/bulk',
      id: 'createLinks',
      summary: 'Make up to 100 short links, each on its own',
      scope: 'links:write',
      body: createLinksBody,
      idempotent: true,
      responses: {
        207: { description: 'What became of each, in the order of the request.', body: createdLinksBody },
        409: { description: 'The operation is under way: `operation-in-progress`.' },
      },
    },
    {
      routeKey: 'GET /v1/links',
      id: 'listLinks',
      summary: 'List the links of the tenant, newest first',
      scope: 'links:read',
      query: listLinksQuery,
      responses: {
        200: {
          description: 'A page of links; it may hold fewer than asked for, and yet have a next one.',
          body: z.strictObject({ items: z.array(linkBody), nextCursor: z.nullable(z.string()) }),
        },
      },
    },
    {
      routeKey: 'GET /v1/links/{code}',
      id: 'getLink',
      summary: 'Get a link',
      params: CODE,
      scope: 'links:read',
      conditional: true,
      responses: { 200: link('The link.'), 304: notModified, 404: notFound, 412: stale },
    },
    {
      routeKey: 'PATCH /v1/links/{code}',
      id: 'changeLink',
      summary: 'Change fields of a link; null clears one',
      params: CODE,
      scope: 'links:write',
      body: changeLinkBody,
      conditional: true,
      responses: {
        200: link('The changed link; where nothing changes, it keeps its version.'),
        404: notFound,
        412: stale,
      },
    },
    {
      routeKey: 'DELETE /v1/links/{code}',
      id: 'deleteLink',
      summary: 'Delete a link; its code is never given out again',
      params: CODE,
      scope: 'links:write',
      conditional: true,
      responses: { 204: { description: 'It is deleted.' }, 404: notFound, 412: stale },
    },
    {
      routeKey: 'PUT /v1/links/{code}/block',
      id: 'blockLink',
      summary: 'Block a link: it leads nowhere from then on',
      params: CODE,
      scope: 'links:admin',
      body: blockBody,
      onlyIfAbsent: true,
      responses: {
        204: { description: 'It is blocked.' },
        404: notFound,
        412: { description: 'With `If-None-Match: *`: it was blocked before: `precondition-failed`.' },
      },
    },
    {
      routeKey: 'DELETE /v1/links/{code}/block',
      id: 'unblockLink',
      summary: 'Let a link go where it went before it was blocked',
      params: CODE,
      scope: 'links:admin',
      responses: { 204: { description: 'It is not blocked.' }, 404: notFound },
    },
    {
      routeKey: 'POST /v1/reports',
      id: 'reportLink',
      summary: 'Report a link that should not be',
      body: reportBody,
      responses: {
        202: { description: 'It is looked at, if there is such a link.' },
        429: { description: 'More reports than a client may make in a minute: `rate-limited`.' },
      },
    },
    {
      routeKey: 'POST /{code}/unlock',
      id: 'unlockLink',
      summary: 'Try the password of a link',
      params: CODE,
      pages: true,
      form: true,
      body: unlockBody,
      responses: {
        303: {
          description: 'It is right, and the cookie proves it for ten minutes; or the link has none.',
          headers: { location: 'The short link.' },
        },
        401: { description: 'It is wrong: `wrong-password`.' },
        404: { description: 'There is no such link, or not yet: `not-found`, `not-started`.' },
        410: { description: 'The link is gone: `deleted`, `expired`.' },
        429: { description: 'More tries than a client or a link may have: `rate-limited`.' },
        451: { description: 'The link is blocked: `blocked`.' },
      },
    },
    {
      routeKey: 'GET /health',
      id: 'getHealth',
      summary: 'See whether the service is well',
      responses: {
        200: { description: 'All dependencies answer.', body: healthBody },
        503: { description: 'One does not.', body: healthBody },
      },
    },
    {
      routeKey: 'HEAD /health',
      id: 'probeHealth',
      summary: 'See whether the service is well, by the status alone',
      responses: { 200: { description: 'All dependencies answer.' } },
    },
  ],
}
