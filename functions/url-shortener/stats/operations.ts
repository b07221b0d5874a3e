import type { ApiOperation, NamedSchema } from '../../shared/http/api-description.ts'
import { CODE, linkNotFound } from '../described-codes.ts'
import { linkStatsBody, statsBucket, statsGroup, statsQuery, tenantStatsBody, topLink } from './schema.ts'

const fields = {
  clicks: 'The number of visits by people who were led to a target.',
  uniques: 'The number of visitors of each day, added up; about 2 % too many or too few.',
  bots: 'The number of visits by bots and prefetches.',
  series: 'The clicks of each hour or day of the range, in UTC.',
  groups: 'The most frequent values with their clicks, then `other` for the rest.',
}

export const statsSchemas: Record<string, NamedSchema> = {
  LinkStats: { schema: linkStatsBody, description: 'The clicks of a link.', fields },
  TenantStats: {
    schema: tenantStatsBody,
    description: 'The clicks of all links of a tenant.',
    fields: { ...fields, top: 'The links with the most clicks.' },
  },
  StatsBucket: {
    schema: statsBucket,
    description: 'The clicks of an hour or a day.',
    fields: { at: 'Its start.', uniques: 'The number of visitors. Only days have it.' },
  },
  StatsGroup: { schema: statsGroup, description: 'The clicks with one value of the property that `groupBy` names.' },
  TopLink: { schema: topLink, description: 'A link and its clicks.' },
}

const query = {
  query: statsQuery,
  queryFields: {
    from: { description: 'The start of the range. Without it, the range has 30 days, or one by the hour.' },
    to: { description: 'The end of the range, which is not part of it. Without it, the range ends now.' },
    interval: {
      description:
        'The length of a bucket, a day unless said otherwise. At most 31 days by the hour, and 366 by the day.',
      example: 'day',
    },
    groupBy: { description: 'The property by which the clicks are also grouped.', example: 'device' },
  },
}

const example = {
  clicks: 3,
  uniques: 2,
  bots: 1,
  series: [
    { at: '2026-03-12T00:00:00.000Z', clicks: 1, uniques: 1 },
    { at: '2026-03-13T00:00:00.000Z', clicks: 2, uniques: 1 },
  ],
  groups: [
    { value: 'mobile', clicks: 2 },
    { value: 'desktop', clicks: 1 },
  ],
}

const COUNTED =
  'A click is counted within a minute. The range is extended to whole buckets; `uniques` and `groups` are those of the whole days that it touches.'

const shared = { tag: 'Statistics', scope: 'links:read', ...query }

export const statsOperations: readonly ApiOperation[] = [
  {
    ...shared,
    routeKey: 'GET /v1/links/{code}/stats',
    id: 'getLinkStats',
    summary: 'Get the statistics of a link',
    description: COUNTED,
    params: CODE,
    responses: { 200: { description: 'The clicks of the link.', body: linkStatsBody, example }, 404: linkNotFound },
  },
  {
    ...shared,
    routeKey: 'GET /v1/stats',
    id: 'getStats',
    summary: 'Get the statistics of all links',
    description: `${COUNTED} So is \`top\`. Deleted links are included.`,
    responses: {
      200: {
        description: 'The clicks of all links of the tenant.',
        body: tenantStatsBody,
        example: { ...example, top: [{ code: 'spring-sale', clicks: 3 }] },
      },
    },
  },
]
