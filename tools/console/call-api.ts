import type { CallAnswer, CallRequest } from '../../console/shared/wire.ts'

/** The time limit of a call, which is longer than that of any function behind an API. */
const TIMEOUT_MS = 35_000

/**
 * Calls the API of a system for the page, which may not call other origins. Redirects are not followed: they are answers
 * to look at. The page gets the answer as data, so that a body of HTML is never a page of this origin.
 *
 * @param now a monotonic clock in milliseconds.
 */
export async function callApi(
  url: string,
  { method, headers, body }: Pick<CallRequest, 'method' | 'headers' | 'body'>,
  now: () => number = () => performance.now(),
): Promise<CallAnswer> {
  const start = now()
  const response = await fetch(url, {
    method,
    headers,
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
    ...(body !== undefined && { body }),
  })
  const bytes = Buffer.from(await response.arrayBuffer())
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: bytes.toString('base64'),
    ms: now() - start,
  }
}
