import { createHash } from 'node:crypto'
import * as z from 'zod/mini'
import { requirePrincipal, type Tenancy } from '../../shared/auth/principal.ts'
import { etag } from '../../shared/http/conditions.ts'
import type { HttpRoute } from '../../shared/http/handler.ts'
import { singleValues } from '../../shared/http/single-values.ts'
import { validate } from '../../shared/http/validate.ts'
import { type DeletedLink, isDeleted, type Link } from '../domain/link.ts'
import { refusal, requestedCode } from '../problems.ts'
import { drawQrCode, IMAGE_FORMATS, MEDIA_TYPES, type QrCodeOptions } from './draw-qr-code.ts'

export interface QrCodeRouteOptions {
  read: (code: string, options: { consistent: boolean; signal: AbortSignal }) => Promise<Link | DeletedLink | undefined>
  /** The start of short URLs, without a trailing slash. */
  publicUrl: string
  tenancy: Tenancy
}

const MIN_SIZE = 128
const MAX_SIZE = 1024
const DEFAULT_SIZE = 256
const MAX_MARGIN = 16
/** The margin that the standard asks for, so that readers find the code. */
const DEFAULT_MARGIN = 4

/** Builds the schema of a parameter that is a whole number. */
const whole = (min: number, max: number) =>
  z.pipe(
    z.string().check(
      z.refine((text) => /^\d{1,4}$/.test(text) && Number(text) >= min && Number(text) <= max, {
        error: `must be a whole number from ${min} to ${max}`,
      }),
      z.meta({ pattern: '^\\d{1,4}$' }),
    ),
    z.transform(Number),
  )

/** The query of `GET /v1/links/{code}/qr`. */
export const qrCodeQuery = z.strictObject({
  format: z._default(z.enum(IMAGE_FORMATS), 'svg'),
  size: z._default(whole(MIN_SIZE, MAX_SIZE), DEFAULT_SIZE),
  margin: z._default(whole(0, MAX_MARGIN), DEFAULT_MARGIN),
})

/**
 * A day. The image depends on the short URL and the query alone, so that a cached one is never wrong; but only the
 * link's tenant may see that the link exists.
 */
const CACHED = { 'cache-control': 'private, max-age=86400', vary: 'authorization' }

/** `GET /v1/links/{code}/qr`: draws the short URL of a link, whatever its status, as a QR code. */
export function qrCodeRoute({ read, publicUrl, tenancy }: QrCodeRouteOptions): HttpRoute {
  return async (request) => {
    const { tenant } = requirePrincipal(request, 'links:read', tenancy)
    const code = requestedCode(request)
    const options = validate(qrCodeQuery, singleValues(request.rawQuery))
    // The read is consistent, so that a link has its image as soon as its creator knows it.
    const link = await read(code, { consistent: true, signal: request.signal })
    if (!link || isDeleted(link) || link.tenant !== tenant) throw refusal('not-found')
    const shortUrl = `${publicUrl}/${code}`
    return {
      status: 200,
      headers: { 'content-type': MEDIA_TYPES[options.format], etag: etag(versionOf(shortUrl, options)), ...CACHED },
      body: await drawQrCode(shortUrl, options),
    }
  }
}

/** Derives the version of an image from everything that it depends on. */
function versionOf(shortUrl: string, { format, size, margin }: QrCodeOptions): string {
  return createHash('sha256').update(`${shortUrl} ${format} ${size} ${margin}`).digest('base64url').slice(0, 22)
}
