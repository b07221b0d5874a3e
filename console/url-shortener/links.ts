import { type Answer, apiOf, problemOf } from '../shared/api.ts'

export const STACK = 'UrlShortener'

/** The user of this page, who may do everything with the links of their tenant. */
export const links = apiOf(STACK, { sub: 'console', tenant: 'console', scope: 'links:read links:write links:admin' })

export interface Link {
  code: string
  shortUrl: string
  url: string
  status: string
  clicks: number
  maxClicks: number | null
  createdAt: string
}

export interface Stats {
  clicks: number
  uniques: number
  bots: number
  series: { at: string; clicks: number }[]
  groups?: { value: string; clicks: number }[]
}

/** @throws Error with the reason for a refusal. */
export async function required(answer: Promise<Answer>): Promise<Answer> {
  const given = await answer
  if (!given.ok) throw new Error(problemOf(given))
  return given
}

export async function listLinks(): Promise<Link[]> {
  return (await required(links.call({ path: '/v1/links?limit=10', isListed: false }))).json.items
}

export async function createLink(fields: object): Promise<Link> {
  return (await required(links.call({ method: 'POST', path: '/v1/links', body: fields }))).json
}

/** Reads a link's visits of the last day, by the hour, grouped by something. */
export async function readStats(code: string, groupBy: 'device' | 'country'): Promise<Stats> {
  const from = encodeURIComponent(new Date(Date.now() - 23 * 3_600_000).toISOString())
  const path = `/v1/links/${code}/stats?interval=hour&from=${from}&groupBy=${groupBy}`
  return (await required(links.call({ path, isListed: false }))).json
}
