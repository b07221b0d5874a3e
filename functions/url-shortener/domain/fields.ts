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
export function namesOf(given: GivenFields): (keyof LinkFields)[] {
  return FIELDS.filter((name) => given[name] !== undefined)
}

const FIELDS = ['url', ...Object.keys(DEFAULTS)] as (keyof LinkFields)[]

/** Given fields as they are kept: targets serialised, the password hashed, and those that are cleared by default. */
export async function toChanges(
  given: GivenFields,
  { ownHosts, hashPassword }: FieldsDeps,
): Promise<FieldChanges | { targetErrors: TargetError[] }> {
  const { password, ...fields } = withDefaults(given)
  const targetErrors = targetsOf(fields).flatMap(({ path, target }) => {
    const parsed = parseTarget(target, ownHosts)
    return parsed.ok ? [] : [{ path, message: parsed.reason }]
  })
  if (targetErrors.length > 0) return { targetErrors }
  const passwordHash = typeof password === 'string' ? await hashPassword(password) : password
  return { ...fields, ...serialised(fields), ...(passwordHash !== undefined && { passwordHash }) }
}

/** The given fields alone, and for `null` what a link has of which nobody says anything. */
function withDefaults(given: GivenFields): Partial<LinkFields> {
  const defaults: Partial<LinkFields> = DEFAULTS
  return Object.fromEntries(namesOf(given).map((name) => [name, given[name] ?? defaults[name]]))
}

type Targets = Pick<Partial<LinkFields>, 'url' | 'expiredUrl' | 'rules'>

/** Where a link may lead, each with its path in the request. */
function targetsOf({ url, expiredUrl, rules = [] }: Targets): { path: string; target: string }[] {
  const places = [
    { path: 'url', target: url },
    { path: 'expiredUrl', target: expiredUrl },
    ...rules.map((rule, index) => ({ path: `rules[${index}].url`, target: rule.url })),
  ]
  return places.flatMap(({ path, target }) => (typeof target === 'string' ? [{ path, target }] : []))
}

/** Targets that were found to be good, as the WHATWG URL standard writes them. */
function serialised({ url, expiredUrl, rules }: Targets): Targets {
  const write = (target: string) => new URL(target).href
  return {
    ...(url !== undefined && { url: write(url) }),
    ...(typeof expiredUrl === 'string' && { expiredUrl: write(expiredUrl) }),
    ...(rules && { rules: rules.map((rule) => ({ ...rule, url: write(rule.url) })) }),
  }
}
