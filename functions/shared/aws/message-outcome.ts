import { AppError } from '../errors.ts'
import { isThrottle } from './call-errors.ts'

/** The outcome of a message that was handed to a service which sends it. */
export type MessageOutcome =
  | { readonly outcome: 'accepted'; readonly messageId: string | null }
  /** Refused for good: its address or its content is wrong. `gone`: the address takes nothing any more. */
  | { readonly outcome: 'refused'; readonly reason: string; readonly gone: boolean }
  /** Certainly not accepted, for a reason that may pass: throttled, down, misconfigured, or without valid credentials. */
  | { readonly outcome: 'unavailable'; readonly reason: string }
  /** Nobody can tell whether it was accepted. */
  | { readonly outcome: 'unknown'; readonly reason: string }

/** Names of a service's exceptions that say something of the message, and not of the service. */
export interface Refusals {
  readonly refused: readonly string[]
  readonly gone?: readonly string[]
}

/** Refused credentials, under all of their names (AWS, "Common errors"). */
const CREDENTIALS =
  /AccessDenied|Authorization|InvalidSecurity|UnrecognizedClient|InvalidClientTokenId|ExpiredToken|Signature/

/** The connection was never made, so nothing was sent. */
const NOT_CONNECTED = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH/

/**
 * Judges the error of a call that sends a message. A service that answered with a failure did not accept it; after a lost
 * connection, an answer that can't be read or a timeout nobody can tell.
 *
 * @throws the error itself if it is none of a call, which would be a bug.
 */
export function judgeFailure(error: unknown, { refused, gone = [] }: Refusals): MessageOutcome {
  if (error instanceof AppError) return judgeAppError(error)
  if (!(error instanceof Error && '$fault' in error)) throw error
  const reason = kebab(error.name)
  if (gone.includes(error.name)) return { outcome: 'refused', reason, gone: true }
  if (refused.includes(error.name)) return { outcome: 'refused', reason, gone: false }
  return { outcome: 'unavailable', reason: CREDENTIALS.test(error.name) ? 'credentials' : reason }
}

function judgeAppError(error: AppError): MessageOutcome {
  if (error.code === 'circuit-open') return { outcome: 'unavailable', reason: 'circuit-open' }
  if (error.code !== 'dependency-failed') return { outcome: 'unknown', reason: error.code }
  if (isThrottle(error)) return { outcome: 'unavailable', reason: 'throttled' }
  const { cause } = error
  if (!(cause instanceof Error)) return { outcome: 'unknown', reason: error.code }
  if ('$fault' in cause) return { outcome: 'unavailable', reason: kebab(cause.name) }
  const [notConnected] = NOT_CONNECTED.exec(`${(cause as NodeJS.ErrnoException).code} ${cause.message}`) ?? []
  if (notConnected) return { outcome: 'unavailable', reason: notConnected.toLowerCase() }
  return { outcome: 'unknown', reason: 'connection-lost' }
}

/** Turns `MessageRejected` into `message-rejected`. */
function kebab(name: string): string {
  return name
    .replace(/Exception$/, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
}
