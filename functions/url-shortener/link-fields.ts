import type { Link, LinkDetails } from './link.ts'
import { parseTarget } from './target-url.ts'

type HotFields = Pick<
  Link,
  'url' | 'title' | 'tags' | 'redirect' | 'cacheSeconds' | 'startsAt' | 'expiresAt' | 'maxClicks' | 'forwardQuery'
>

/** What a tenant says of a link. */
export interface LinkFields extends HotFields, Pick<LinkDetails, 'expiredUrl' | 'rules'> {
  /** As the tenant chose it: it is kept nowhere. */
  password: string | null
}

/** Some of the fields, as a request has them; `null` clears one, and a link always has a url. */
export type GivenFields = { url?: string | undefined } & {
  [Name in Exclude<keyof LinkFields, 'url'>]?: LinkFields[Name] | null | undefined
}

/** Some of the fields, as they are kept. */
export type FieldChanges = Partial<HotFields & LinkDetails>

/** What is wrong with a target, and where it is: `url`, `expiredUrl` or `rules[2].url`. */
export interface TargetError {
  path: string
  message: string
}

export interface FieldsDeps {
  /** Hosts that serve short links. */
  ownHosts: ReadonlySet<string>
  hashPassword: (password: string) => Promise<string>
}

/** What a link has that nobody says anything of. */
const DEFAULTS: Omit<LinkFields, 'url'> = {
  title: null,
  tags: [],
  redirect: 302,
  cacheSeconds: 0,
  startsAt: null,
  expiresAt: null,
  expiredUrl: null,
  maxClicks: null,
  password: null,
  forwardQuery: false,
  rules: [],
}

/** The names of the fields that are given, whatever their values. */
export function namesOf(given: GivenFields): string[] {
  return FIELDS.filter((name) => given[name] !== undefined)
}

const FIELDS = ['url', ...Object.keys(DEFAULTS)] as (keyof LinkFields)[]

/** Given fields as they are kept: targets serialised, the password hashed, and those that are cleared by default. */
export async function toChanges(
  given: GivenFields,
  { ownHosts, hashPassword }: FieldsDeps,
): Promise<FieldChanges | { targetErrors: TargetError[] }> {
  const named = namesOf(given).map((name) => [name, given[name as keyof GivenFields] ?? DEFAULTS[name as 'title']])
  const { password, ...fields }: Partial<LinkFields> = Object.fromEntries(named)
  const targetErrors: TargetError[] = []
  const target = (url: string, path: string): string => {
    const parsed = parseTarget(url, ownHosts)
    if (!parsed.ok) targetErrors.push({ path, message: parsed.reason })
    return parsed.ok ? parsed.url : url
  }
  const { url, expiredUrl, rules } = fields
  const targets = {
    ...(url !== undefined && { url: target(url, 'url') }),
    ...(typeof expiredUrl === 'string' && { expiredUrl: target(expiredUrl, 'expiredUrl') }),
    ...(rules && { rules: rules.map((rule, index) => ({ ...rule, url: target(rule.url, `rules[${index}].url`) })) }),
  }
  if (targetErrors.length > 0) return { targetErrors }
  const passwordHash = typeof password === 'string' ? await hashPassword(password) : password
  return { ...fields, ...targets, ...(passwordHash !== undefined && { passwordHash }) }
}
