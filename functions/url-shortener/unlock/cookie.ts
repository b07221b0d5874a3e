import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../../shared/clock.ts'
import type { Keys } from '../../shared/secrets/secrets.ts'

/** The link that a cookie unlocks, as long as it has this password. */
export interface LockedLink {
  readonly code: string
  readonly passwordId: string
}

export interface UnlockCookies {
  /**
   * Issues the value of a new cookie.
   *
   * @throws what the keys throw.
   */
  issue: (link: LockedLink, signal: AbortSignal) => Promise<string>
  /**
   * Checks whether one of a request's cookies unlocks the link.
   *
   * @param cookies as in `name=value`.
   * @throws what the keys throw, if no cookie unlocks it and a key could not be read.
   */
  isValid: (cookies: readonly string[], link: LockedLink, signal: AbortSignal) => Promise<boolean>
}

export interface UnlockCookiesOptions {
  keys: Keys
  now: Clock
}

const NAME = 'unlock'
const TTL_SECONDS = 600
/** `<key's id>.<end, in seconds since the epoch>.<HMAC-SHA-256 in base64url>`. Secrets Manager chooses the id. */
const VALUE = /^(.{1,64})\.(\d{1,12})\.([\w-]{43})$/

/**
 * Issues and checks proofs that a visitor knows a link's password, valid for ten minutes. They are signed, not stored:
 * a visit reads nothing more for them, and a changed password invalidates them at once.
 */
export function createUnlockCookies({ keys, now }: UnlockCookiesOptions): UnlockCookies {
  const verify = async (value: string, link: LockedLink, signal: AbortSignal) => {
    const [isWellFormed, keyId = '', endsAt = '', mac = ''] = VALUE.exec(value) ?? []
    if (!isWellFormed || Number(endsAt) * 1000 <= now()) return false
    const key = await keys.verifyingKey(keyId, signal)
    return key !== undefined && timingSafeEqual(Buffer.from(mac), Buffer.from(macOf(key.secret, link, endsAt)))
  }
  return {
    async issue(link, signal) {
      const { id, secret } = await keys.signingKey(signal)
      const endsAt = String(Math.floor(now() / 1000) + TTL_SECONDS)
      return `${id}.${endsAt}.${macOf(secret, link, endsAt)}`
    },
    async isValid(cookies, link, signal) {
      const ours = cookies.filter((cookie) => cookie.startsWith(`${NAME}=`))
      // A forged cookie must not hide a valid one, nor fail the visit because its key can't be read.
      const checks = await Promise.allSettled(ours.map((cookie) => verify(cookie.slice(NAME.length + 1), link, signal)))
      if (checks.some((check) => check.status === 'fulfilled' && check.value)) return true
      for (const check of checks) if (check.status === 'rejected') throw check.reason
      return false
    },
  }
}

/**
 * Builds the `Set-Cookie` header, with which a browser sends the value for this link only. Browsers accept `Secure`
 * from a local cloud, too, because http://localhost counts as trustworthy.
 *
 * @param publicUrl the start of short URLs; its path, if it has one, is a part of the cookie's.
 */
export function unlockCookieHeader(value: string, { code, publicUrl }: { code: string; publicUrl: string }): string {
  const path = `${new URL(publicUrl).pathname.replace(/\/$/, '')}/${code}`
  return `${NAME}=${value}; Max-Age=${TTL_SECONDS}; Path=${path}; Secure; HttpOnly; SameSite=Lax`
}

/**
 * Signs the parts of a value. JSON separates them unambiguously. The key is derived for this purpose, so that nothing
 * else that is signed with the secret is a valid cookie.
 */
function macOf(secret: string, { code, passwordId }: LockedLink, endsAt: string): string {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'stackyard/unlock', 32))
  return createHmac('sha256', key)
    .update(JSON.stringify([code, passwordId, endsAt]))
    .digest('base64url')
}
