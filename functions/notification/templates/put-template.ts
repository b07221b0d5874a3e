import { isDeepStrictEqual } from 'node:util'
import type { Clock } from '../../shared/clock.ts'
import type { Preconditions } from '../../shared/preconditions.ts'
import type { Settle } from '../../shared/resilience/settle.ts'
import { isWanted } from '../documents.ts'
import type { Template, TemplateParts } from '../domain/template.ts'

/** The locales of one template. */
export const MAX_LOCALES = 50

export interface TemplateId {
  readonly tenant: string
  readonly name: string
}

/** The newest version of a template, without its texts. */
export interface TemplateHead {
  readonly version: number
  readonly digest: boolean
  /** By locale, the version that gave it its texts. */
  readonly locales: Readonly<Record<string, number>>
}

/** One locale's texts for the next version; those of the other locales stay. */
export interface TemplateChange extends TemplateId {
  readonly locale: string
  readonly parts: TemplateParts
  readonly before: TemplateHead | undefined
  readonly after: TemplateHead
  readonly at: number
}

export interface TemplateStore {
  readHead: (id: TemplateId, signal: AbortSignal) => Promise<TemplateHead | undefined>
  readParts: (
    of: TemplateId & { locale: string; version: number },
    signal: AbortSignal,
  ) => Promise<TemplateParts | undefined>
  /** Writes a version if the newest one is still the one that was read. */
  write: (change: TemplateChange, signal: AbortSignal) => Promise<'written' | 'raced'>
}

export interface PutTemplateDeps {
  store: TemplateStore
  settle: Settle
  now: Clock
}

export interface PutTemplateInput extends TemplateId {
  /** The empty text is the default. */
  readonly locale: string
  readonly parts: TemplateParts
  /** Absent: as it is. */
  readonly digest: boolean | undefined
  readonly conditions: Preconditions
}

export type PutTemplateResult =
  | { readonly outcome: 'created' | 'changed' | 'unchanged'; readonly version: Template['version'] }
  | { readonly outcome: 'stale' }
  | { readonly outcome: 'too-many-locales' }

export type PutTemplate = (input: PutTemplateInput, signal: AbortSignal) => Promise<PutTemplateResult>

/**
 * Gives a template another version, with the texts of one locale. What was accepted with an earlier version keeps it.
 *
 * @throws AppError (retryable) when others keep changing the same template.
 */
export function putTemplate({ store, settle, now }: PutTemplateDeps): PutTemplate {
  const putOnce = async (input: PutTemplateInput, signal: AbortSignal): Promise<PutTemplateResult | 'raced'> => {
    const { tenant, name, locale, parts, conditions } = input
    const before = await store.readHead({ tenant, name }, signal)
    if (!isWanted(conditions, before && String(before.version))) return { outcome: 'stale' }
    const digest = input.digest ?? before?.digest ?? false
    const current = before?.locales[locale]
    if (before && current !== undefined && digest === before.digest) {
      const known = await store.readParts({ tenant, name, locale, version: current }, signal)
      if (isDeepStrictEqual(known, parts)) return { outcome: 'unchanged', version: before.version }
    }
    const version = (before?.version ?? 0) + 1
    const after = { version, digest, locales: { ...before?.locales, [locale]: version } }
    if (Object.keys(after.locales).length > MAX_LOCALES) return { outcome: 'too-many-locales' }
    if ((await store.write({ tenant, name, locale, parts, before, after, at: now() }, signal)) === 'raced') {
      return 'raced'
    }
    return { outcome: before ? 'changed' : 'created', version }
  }
  return (input, signal) => settle(() => putOnce(input, signal), signal)
}
