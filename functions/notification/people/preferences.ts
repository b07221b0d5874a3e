import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { Preconditions } from '../../shared/preconditions.ts'
import type { Settle } from '../../shared/resilience/settle.ts'
import { type Documents, isWanted, sameAs } from '../documents.ts'
import type { Document } from '../domain/document.ts'
import type { Person, Preferences, ReadPerson, ReadStanding } from '../domain/person.ts'
import type { WithRetime } from './user-tasks.ts'

export interface UserId {
  readonly tenant: string
  readonly userId: string
}

/** A user's preferences as they hold, with the unsubscriptions of the user's mailboxes. */
export interface EffectivePreferences {
  readonly preferences: Preferences
  /** Changes with the preferences and the unsubscriptions; `undefined` while there are neither. */
  readonly version: string | undefined
}

export type PutPreferencesResult = ({ readonly outcome: 'put' } & EffectivePreferences) | { readonly outcome: 'stale' }

/** Forgets that the owner of a mailbox unsubscribed from some categories. */
export type Resubscribe = (
  of: { readonly tenant: string; readonly address: string; readonly categories: readonly string[] },
  signal: AbortSignal,
) => Promise<void>

export interface PreferencesDeps {
  documents: Documents
  readPerson: ReadPerson
  readStanding: ReadStanding
  resubscribe: Resubscribe
  withRetime: WithRetime
  settle: Settle
}

export interface PreferencesUseCases {
  read: (id: UserId, signal: AbortSignal) => Promise<EffectivePreferences>
  put: (
    change: UserId & { preferences: Preferences; conditions: Preconditions },
    signal: AbortSignal,
  ) => Promise<PutPreferencesResult>
}

const NONE: Preferences = { categories: {}, quietHours: null, digest: {}, locale: null }

/** A mailbox of the user's, with the categories of which its owner unsubscribed. */
interface Mailbox {
  readonly address: string
  readonly unsubscribed: ReadonlySet<string>
}

/**
 * Creates the reads and changes of preferences. An unsubscription belongs to a mailbox and not to a user: it shows as a
 * preference of every user who has the mailbox, and ends when one of them wants the category's mail again.
 */
export function createPreferences(deps: PreferencesDeps): PreferencesUseCases {
  const { documents, readPerson, readStanding, resubscribe, withRetime, settle } = deps
  const idOf = ({ tenant, userId }: UserId) => ({ tenant, kind: 'preferences', userId }) as const

  async function readMailboxes(id: UserId, signal: AbortSignal): Promise<Mailbox[]> {
    const addresses = mailboxesOf(await readPerson(id, signal))
    return Promise.all(
      addresses.map(async (address) => {
        const { unsubscribed } = await readStanding({ tenant: id.tenant, channel: 'email', address }, signal)
        return { address, unsubscribed }
      }),
    )
  }

  return {
    async read(id, signal) {
      const document = documents.read<Preferences>(idOf(id), signal)
      const mailboxes = readMailboxes(id, signal)
      return effective(await document, await mailboxes)
    },
    put: (change, signal) =>
      settle(async () => {
        const { preferences, conditions, ...id } = change
        const [before, mailboxes] = await Promise.all([
          documents.read<Preferences>(idOf(id), signal),
          readMailboxes(id, signal),
        ])
        if (!isWanted(conditions, effective(before, mailboxes).version)) return { outcome: 'stale' as const }
        const put = () => documents.put({ id: idOf(id), value: preferences, conditions: sameAs(before) }, signal)
        const isSame = isDeepStrictEqual(before?.value.quietHours ?? null, preferences.quietHours)
        const result = await (isSame ? put() : withRetime(id, put, signal))
        if (result.outcome === 'stale') return 'raced'
        // A repeated request ends the unsubscriptions that a failed one left.
        const left = await Promise.all(mailboxes.map((mailbox) => resubscribeTo(mailbox, change, signal)))
        return { outcome: 'put' as const, ...effective(result.document, left) }
      }, signal),
  }

  async function resubscribeTo(
    { address, unsubscribed }: Mailbox,
    { tenant, preferences: { categories } }: UserId & { preferences: Preferences },
    signal: AbortSignal,
  ): Promise<Mailbox> {
    const wanted = [...unsubscribed].filter((name) => Object.hasOwn(categories, name) && categories[name]?.email)
    if (wanted.length > 0) await resubscribe({ tenant, address, categories: wanted }, signal)
    return { address, unsubscribed: unsubscribed.difference(new Set(wanted)) }
  }
}

function mailboxesOf(person: Person | undefined): string[] {
  const endpoints = person?.endpoints.filter(({ channel }) => channel === 'email') ?? []
  return [...new Set([...(person?.email ? [person.email] : []), ...endpoints.map(({ address }) => address)])]
}

function effective(document: Document<Preferences> | undefined, mailboxes: readonly Mailbox[]): EffectivePreferences {
  const unsubscribed = [...new Set(mailboxes.flatMap((mailbox) => [...mailbox.unsubscribed]))].sort()
  const preferences = document?.value ?? NONE
  const shown = unsubscribed.map((name) => {
    const own = Object.hasOwn(preferences.categories, name) ? preferences.categories[name] : {}
    return [name, { ...own, email: false }] as const
  })
  const categories = Object.fromEntries([...Object.entries(preferences.categories), ...shown])
  return { preferences: { ...preferences, categories }, version: versionOf(document?.version, unsubscribed) }
}

/** Returns the stored version, with a hash of the unsubscriptions if there are any. */
function versionOf(stored: string | undefined, unsubscribed: readonly string[]): string | undefined {
  if (unsubscribed.length === 0) return stored
  const hash = createHash('sha256').update(unsubscribed.join('#')).digest('base64url').slice(0, 12)
  return `${stored ?? ''}-${hash}`
}
