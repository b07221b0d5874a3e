import type { ApiOperation, NamedSchema } from '../../shared/http/api-description.ts'
import { CODE, linkNotFound } from '../described-codes.ts'
import { linkStatsBody, statsQuery, tenantStatsBody } from './schema.ts'

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
}

const query = {
  schema: statsQuery,
  fields: {
    from: 'The start of the range. @default 30 days before its end, or one day by the hour',
    to: 'The end of the range, which is not part of it. @default now',
    interval: 'The length of a bucket. A range has at most 31 days by the hour, and 366 by the day.',
    groupBy: 'The property by which the clicks are also grouped.',
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
