import { FIELD_DEFAULTS, type Link, type LinkDetails, NO_DETAILS } from './link.ts'
import { parseTarget } from './target-url.ts'

type HotFields = Pick<Link, 'url' | keyof typeof FIELD_DEFAULTS>

/** The fields of a link that its tenant sets. */
export interface LinkFields extends HotFields, Pick<LinkDetails, 'expiredUrl' | 'rules'> {
  /** The password in plain text, which is never stored. */
  password: string | null
}

/** Some of the fields, as a request contains them. `null` clears a field; a link always has a url. */
export type GivenFields = { url?: string | undefined } & {
  [Name in Exclude<keyof LinkFields, 'url'>]?: LinkFields[Name] | null | undefined
}

/** Some of the fields, as they are stored. */
export type FieldChanges = Partial<HotFields & LinkDetails>

/** The error of a target. Its path is such as `url`, `expiredUrl` or `rules[2].url`. */
export interface TargetError {
  path: string
  message: string
}

export interface FieldsDeps {
  /** Hosts that serve short links. */
  ownHosts: ReadonlySet<string>
  hashPassword: (password: string) => Promise<string>
}

const DEFAULTS: Omit<LinkFields, 'url'> = {
  ...FIELD_DEFAULTS,
  expiredUrl: NO_DETAILS.expiredUrl,
  rules: NO_DETAILS.rules,
  password: null,
}

/** Lists the fields that are given, whatever their values. */
export function namesOf(given: GivenFields): (keyof LinkFields)[] {
  return FIELDS.filter((name) => given[name] !== undefined)
}

const FIELDS = ['url', ...Object.keys(DEFAULTS)] as (keyof LinkFields)[]

/**
 * Turns given fields into stored ones: serialises targets, hashes the password, and sets cleared fields to their
 * defaults.
 */
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

/** Keeps the fields that are given, with the default for `null`. */
function withDefaults(given: GivenFields): Partial<LinkFields> {
  const defaults: Partial<LinkFields> = DEFAULTS
  return Object.fromEntries(namesOf(given).map((name) => [name, given[name] ?? defaults[name]]))
}

type Targets = Pick<Partial<LinkFields>, 'url' | 'expiredUrl' | 'rules'>

/** Lists the targets with their paths in the request. */
function targetsOf({ url, expiredUrl, rules = [] }: Targets): { path: string; target: string }[] {
  const places = [
    { path: 'url', target: url },
    { path: 'expiredUrl', target: expiredUrl },
    ...rules.map((rule, index) => ({ path: `rules[${index}].url`, target: rule.url })),
  ]
  return places.flatMap(({ path, target }) => (typeof target === 'string' ? [{ path, target }] : []))
}

/** Writes accepted targets as the WHATWG URL standard serialises them. */
function serialised({ url, expiredUrl, rules }: Targets): Targets {
  const write = (target: string) => new URL(target).href
  return {
    ...(url !== undefined && { url: write(url) }),
    ...(typeof expiredUrl === 'string' && { expiredUrl: write(expiredUrl) }),
    ...(rules && { rules: rules.map((rule) => ({ ...rule, url: write(rule.url) })) }),
  }
}
