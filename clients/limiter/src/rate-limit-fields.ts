import { type BareItem, type ListMember, parseList } from './structured-fields.ts'

/** A policy that a server names in `RateLimit-Policy`. */
export interface RateLimitPolicy {
  name: string
  /** `q`: how much the policy grants. */
  quota: number
  /** `w`: the length of its window in seconds. */
  windowSeconds?: number
  /** `qu`: what is counted, `requests` by default. */
  unit: string
  /** `pk`: whose quota it is, in base64. */
  partitionKey?: string
}

/** The state of a policy, from `RateLimit`. */
export interface RateLimitState {
  name: string
  /** `r` */
  remaining: number
  /** `t`: after how many seconds the quota is restored. */
  resetSeconds?: number
  /** `pk`: whose quota it is, in base64. */
  partitionKey?: string
}

export interface RateLimit {
  policies: RateLimitPolicy[]
  limits: RateLimitState[]
}

/** The headers of `fetch`, or those of `node:http` with names in lower case. */
export type FieldSource = Pick<Headers, 'get'> | Readonly<Record<string, string | readonly string[] | undefined>>

/**
 * Reads the fields `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10) of any server. A field
 * that is missing or can't be parsed gives an empty list, and an item without its required number is left out.
 */
export function parseRateLimit(headers: FieldSource): RateLimit {
  return {
    policies: membersOf(headers, 'ratelimit-policy').flatMap(toPolicy),
    limits: membersOf(headers, 'ratelimit').flatMap(toState),
  }
}

function membersOf(headers: FieldSource, name: string): ListMember[] {
  const value = isHeaders(headers) ? headers.get(name) : headers[name]
  // RFC 9651, section 4.2: lines of one field are joined first.
  const text = Array.isArray(value) ? value.join(', ') : value
  return parseList(typeof text === 'string' ? text : '') ?? []
}

function isHeaders(headers: FieldSource): headers is Pick<Headers, 'get'> {
  return typeof headers.get === 'function'
}

function toPolicy({ value, parameters }: ListMember): RateLimitPolicy[] {
  const quota = amount(parameters.get('q'))
  if (value?.type !== 'string' || quota === undefined) return []
  const windowSeconds = amount(parameters.get('w'))
  const unit = parameters.get('qu')
  return [
    {
      name: value.text,
      quota,
      unit: unit?.type === 'string' ? unit.text : 'requests',
      ...(windowSeconds !== undefined && { windowSeconds }),
      ...partitionKey(parameters),
    },
  ]
}

function toState({ value, parameters }: ListMember): RateLimitState[] {
  const remaining = amount(parameters.get('r'))
  if (value?.type !== 'string' || remaining === undefined) return []
  const resetSeconds = amount(parameters.get('t'))
  return [
    { name: value.text, remaining, ...(resetSeconds !== undefined && { resetSeconds }), ...partitionKey(parameters) },
  ]
}

/** Reads a non-negative integer. */
function amount(item: BareItem | undefined): number | undefined {
  const number = item?.type === 'integer' ? Number(item.text) : -1
  return number >= 0 ? number : undefined
}

function partitionKey(parameters: ListMember['parameters']): { partitionKey?: string } {
  const item = parameters.get('pk')
  return item?.type === 'bytes' ? { partitionKey: item.text } : {}
}
