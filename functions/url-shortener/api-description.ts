import * as z from 'zod/mini'
import type { ApiAnswer, ApiDescription, ApiOperation, ApiRefusal } from '../shared/http/api-description.ts'
import { healthOperations, healthSchemas } from '../shared/http/health-schema.ts'
import { CODE, CODE_OR_PREVIEW, linkNotFound } from './described-codes.ts'
import { linkOperations, linkSchemas } from './manage/operations.ts'
import { blockBody, reportBody } from './moderate/routes.ts'
import { unlockBody } from './unlock/route.ts'

/** `GET /{code}+`, asked for as JSON. */
export const previewBody = z.strictObject({
  code: z.string(),
  url: z.nullable(z.string()),
  targets: z.array(z.string()),
  title: z.nullable(z.string()),
  createdAt: z.string(),
})

const toTarget = (description: string): ApiAnswer => ({ description, headers: ['Target'] })
const refusals = {
  404: { description: 'There is no link with this code, or not yet.', codes: ['not-found', 'not-started'] },
  410: { description: 'The link is over.', codes: ['expired', 'exhausted', 'deleted'] },
  451: { description: 'The link is blocked.', codes: ['blocked'] },
} satisfies Record<number, ApiRefusal>

const visit = {
  tag: 'Visits',
  description:
    'Public. A `+` behind the code asks for a preview, which never redirects and never counts. Only GET by people is counted: not HEAD, not bots, not prefetches.',
  params: CODE_OR_PREVIEW,
  pages: true,
  responses: {
    200: {
      description: 'A page: the form for the password, or for bots one without the target. With a `+`, the preview.',
      body: previewBody,
      example: {
        code: 'spring-sale',
        url: 'https://example.com/sale?season=spring',
        title: 'Spring sale',
        createdAt: '2026-03-12T19:03:58.005Z',
      },
    },
    301: toTarget('The target. A browser may remember it for the link’s `cacheSeconds`.'),
    302: toTarget('The target, or where the link leads once it is over. HEAD of a guarded link has no `Location`.'),
    307: toTarget('The target, with the same method.'),
    308: toTarget('The target, with the same method. A browser may remember it for the link’s `cacheSeconds`.'),
    ...refusals,
  },
}

const robots = {
  tag: 'Visits',
  description: 'Public. Crawlers may follow short links, and have no business with the API.',
  responses: { 200: { description: 'The rules (RFC 9309).', text: 'User-agent: *\nDisallow: /v1/\n' } },
}

const visitOperations: readonly ApiOperation[] = [
  { ...visit, routeKey: 'GET /{code}', id: 'followLink', summary: 'Follow a short link, or preview it' },
  { ...visit, routeKey: 'HEAD /{code}', id: 'probeLink', summary: 'See where a short link leads, without a visit' },
  {
    routeKey: 'POST /{code}/unlock',
    id: 'unlockLink',
    tag: 'Visits',
    summary: 'Try the password of a link',
    description: 'Public. The cookie proves the right password for 10 minutes, or until the password changes.',
    params: CODE,
    pages: true,
    form: true,
    body: unlockBody,
    example: { password: 'correct horse battery staple' },
    responses: {
      303: {
        description: 'The way back to the link: the password is right, or the link has none.',
        headers: ['Target', 'Set-Cookie', 'RateLimit', 'RateLimit-Policy'],
      },
      401: { description: 'This is not the password of the link.', codes: ['wrong-password'] },
      ...refusals,
      410: { description: 'The link is over.', codes: ['deleted', 'expired'] },
      429: {
        description: 'More tries than a client or a link may have.',
        codes: ['rate-limited'],
        headers: ['Retry-After', 'RateLimit', 'RateLimit-Policy'],
      },
    },
  },
  { ...robots, routeKey: 'GET /robots.txt', id: 'getRobots', summary: 'Get the rules for robots' },
  { ...robots, routeKey: 'HEAD /robots.txt', id: 'probeRobots', summary: 'See whether there are rules for robots' },
]

const moderationOperations: readonly ApiOperation[] = [
  {
    routeKey: 'POST /v1/reports',
    id: 'reportLink',
    tag: 'Moderation',
    summary: 'Report a link that should not be',
    description: 'Public. The answer does not say whether there is such a link.',
    body: reportBody,
    example: { code: 'spring-sale', reason: 'It asks for the password of my bank.' },
    responses: {
      202: { description: 'The report is taken.', headers: ['RateLimit', 'RateLimit-Policy'] },
      429: {
        description: 'More reports than a client may make in a minute.',
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
    description: 'Visitors get 451 from then on. The ETag of the link stays.',
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
    summary: 'Let a blocked link go on',
    description: 'The link leads where it led before it was blocked. The ETag of the link stays.',
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
    Visits: 'What visitors do with a short link.',
    Moderation: 'What is done about links that should not be.',
    Service: 'The state of the service.',
  },
  scopes: {
    'links:read': 'Read the links of the tenant.',
    'links:write': 'Create, change and delete links of the tenant.',
    'links:admin': 'Block links of the tenant.',
  },
  schemas: {
    ...linkSchemas,
    Preview: {
      schema: previewBody,
      description: 'Where a link leads.',
      fields: { url: 'The target; `null` where it is shown to nobody but visitors.' },
    },
    PasswordAttempt: { schema: unlockBody, description: 'What a visitor takes for the password.' },
    Report: { schema: reportBody, description: 'Why a link should not be.' },
    Block: { schema: blockBody, description: 'Why a link is blocked.' },
    ...healthSchemas,
  },
  operations: [...linkOperations, ...visitOperations, ...moderationOperations, ...healthOperations],
}
