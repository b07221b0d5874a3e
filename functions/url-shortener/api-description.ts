import * as z from 'zod/mini'
import type { ApiAnswer, ApiDescription, ApiOperation, ApiRefusal } from '../shared/http/api-description.ts'
import { healthOperations, healthSchemas } from '../shared/http/health-schema.ts'
import { CODE, CODE_OR_PREVIEW, linkNotFound } from './described-codes.ts'
import { qrCodeOperation } from './draw/operation.ts'
import { exportOperations, exportSchemas } from './export/operations.ts'
import { importOperations, importSchemas } from './import/operations.ts'
import { linkOperations, linkSchemas } from './manage/operations.ts'
import { blockBody, reportBody } from './moderate/routes.ts'
import { statsOperations, statsSchemas } from './stats/operations.ts'
import { unlockBody } from './unlock/route.ts'

/** The JSON of `GET /{code}+`. */
export const previewBody = z.strictObject({
  code: z.string(),
  url: z.nullable(z.string()),
  targets: z.array(z.string()),
  title: z.nullable(z.string()),
  createdAt: z.string(),
})

const toTarget = (description: string): ApiAnswer => ({ description, headers: ['Target'] })
const refusals = {
  404: {
    description: 'There is no link with this code, or it is not active yet.',
    codes: ['not-found', 'not-started'],
  },
  410: { description: 'The link has ended.', codes: ['expired', 'exhausted', 'deleted'] },
  451: { description: 'The link is blocked.', codes: ['blocked'] },
} satisfies Record<number, ApiRefusal>

const visit = {
  tag: 'Visits',
  description:
    'Public. A `+` after the code requests a preview, which never redirects and never counts. Only a GET by a person is counted: no HEAD, no bots, no prefetches.',
  params: CODE_OR_PREVIEW,
  pages: true,
  responses: {
    200: {
      description: 'A page: the password form, or, for bots, one without the target. With a `+`, the preview.',
      body: previewBody,
      example: {
        code: 'spring-sale',
        url: 'https://example.com/sale?season=spring',
        targets: ['https://example.com/sale?season=spring', 'https://example.com/app'],
        title: 'Spring sale',
        createdAt: '2026-03-12T19:03:58.005Z',
      },
    },
    301: toTarget('The target. A browser may cache it for the link’s `cacheSeconds`.'),
    302: toTarget(
      'The target, or the `expiredUrl` of a link that has ended. HEAD of a protected or capped link has no `Location`.',
    ),
    307: toTarget('The target, with the same method.'),
    308: toTarget('The target, with the same method. A browser may cache it for the link’s `cacheSeconds`.'),
    ...refusals,
  },
}

const robots = {
  tag: 'Visits',
  description: 'Public. Crawlers may follow short links, but not call the API.',
  responses: { 200: { description: 'The rules (RFC 9309).', text: 'User-agent: *\nDisallow: /v1/\n' } },
}

const visitOperations: readonly ApiOperation[] = [
  { ...visit, routeKey: 'GET /{code}', id: 'followLink', summary: 'Follow a short link, or preview it' },
  { ...visit, routeKey: 'HEAD /{code}', id: 'probeLink', summary: 'Check where a short link leads, without a visit' },
  {
    routeKey: 'POST /{code}/unlock',
    id: 'unlockLink',
    tag: 'Visits',
    summary: 'Unlock a link with its password',
    description: 'Public. The cookie proves the right password for 10 minutes, or until the password changes.',
    params: CODE,
    pages: true,
    form: true,
    body: unlockBody,
    example: { password: 'correct horse battery staple' },
    responses: {
      303: {
        description: 'A redirect back to the link: the password is right, or the link has none.',
        headers: ['Target', 'Set-Cookie', 'RateLimit', 'RateLimit-Policy'],
      },
      401: { description: 'The password is wrong.', codes: ['wrong-password'] },
      ...refusals,
      410: { description: 'The link has ended.', codes: ['deleted', 'expired'] },
      429: {
        description: 'The client or the link has reached its limit of attempts.',
        codes: ['rate-limited'],
        headers: ['Retry-After', 'RateLimit', 'RateLimit-Policy'],
      },
    },
  },
  { ...robots, routeKey: 'GET /robots.txt', id: 'getRobots', summary: 'Get the rules for robots' },
  { ...robots, routeKey: 'HEAD /robots.txt', id: 'probeRobots', summary: 'Check whether there are rules for robots' },
]

const moderationOperations: readonly ApiOperation[] = [
  {
    routeKey: 'POST /v1/reports',
    id: 'reportLink',
    tag: 'Moderation',
    summary: 'Report a link',
    description: 'Public. The response does not reveal whether the link exists.',
    body: reportBody,
    example: { code: 'spring-sale', reason: 'It asks for the password of my bank.' },
    responses: {
      202: { description: 'The report was received.', headers: ['RateLimit', 'RateLimit-Policy'] },
      429: {
        description: 'The client has reached its limit of reports per minute.',
        codes: ['rate-limited'],
        headers: ['Retry-After', 'RateLimit', 'RateLimit-Policy'],
      },
    },
  },
  {
    routeKey: 'PUT /v1/links/{code}/block',
    id: 'blockLink',
    tag: 'Moderation',
    summary: 'Block a link',
    description: 'Visitors get 451 from then on. The link keeps its ETag.',
    params: CODE,
    scope: 'links:admin',
    body: blockBody,
    example: { reason: 'Phishing' },
    onlyIfAbsent: true,
    responses: { 204: { description: 'The link is blocked.' }, 404: linkNotFound },
  },
  {
    routeKey: 'DELETE /v1/links/{code}/block',
    id: 'unblockLink',
    tag: 'Moderation',
    summary: 'Unblock a link',
    description: 'The link leads where it led before it was blocked. The link keeps its ETag.',
    params: CODE,
    scope: 'links:admin',
    responses: { 204: { description: 'The link is not blocked.' }, 404: linkNotFound },
  },
]

export const apiDescription: ApiDescription = {
  title: 'URL shortener',
  description: 'Short links: create, change, list and delete them, and follow them.',
  tags: {
    Links: 'The links of a tenant.',
    Statistics: 'The clicks of links.',
    Jobs: 'Imports and exports of many links.',
    Visits: 'Short links, as visitors use them.',
    Moderation: 'Reports and blocks of abusive links.',
    Service: 'The state of the service.',
  },
  scopes: {
    'links:read': 'Read the links of the tenant.',
    'links:write': 'Create, change and delete links of the tenant.',
    'links:admin': 'Block links of the tenant.',
  },
  schemas: {
    ...linkSchemas,
    ...statsSchemas,
    ...importSchemas,
    ...exportSchemas,
    Preview: {
      schema: previewBody,
      description: 'The destination of a link.',
      fields: {
        url: 'The target; `null` if only visitors may see it.',
        targets: 'Every target that a visitor may get: the link’s own, then those of its rules.',
      },
    },
    PasswordAttempt: { schema: unlockBody, description: 'An attempt to unlock a link.' },
    Report: { schema: reportBody, description: 'A report of an abusive link.' },
    Block: { schema: blockBody, description: 'The reason for blocking a link.' },
    ...healthSchemas,
  },
  operations: [
    ...linkOperations,
    ...statsOperations,
    qrCodeOperation,
    ...importOperations,
    ...exportOperations,
    ...visitOperations,
    ...moderationOperations,
    ...healthOperations,
  ],
}
