import type { LookupAddress } from 'node:dns'
import { isIP } from 'node:net'
import { checkUrl, hostOf, isAllowedAddress, type UrlRefusal, type UrlRules } from './check-url.ts'

export interface ResolveUrlOptions {
  rules: UrlRules
  /** Resolves a name, as `dns.promises.lookup` with `{ all: true }` does. */
  lookup: (hostname: string, options: { all: true }) => Promise<LookupAddress[]>
}

/** Tells why a URL may not be called; `undefined` if it may. */
export type JudgeUrl = (text: string, signal: AbortSignal) => Promise<UrlRefusal | undefined>

/**
 * Creates the check of a URL that is to be stored. A name that can't be resolved now is accepted: it may be set up later,
 * and `createPost` checks it again for each connection.
 */
export function createJudgeUrl({ rules, lookup }: ResolveUrlOptions): JudgeUrl {
  return async (text, signal) => {
    const refusal = checkUrl(text, rules)
    const url = refusal === undefined ? new URL(text) : undefined
    if (!url || isIP(hostOf(url)) !== 0) return refusal
    const addresses = await untilAborted(lookup(hostOf(url), { all: true }), signal).catch(() => [])
    return addresses.every(({ address }) => isAllowedAddress(address, url, rules)) ? undefined : 'address'
  }
}

function untilAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
