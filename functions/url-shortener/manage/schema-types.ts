import * as z from 'zod/mini'

/** The longest BCP 47 tag in practice (RFC 5646, section 4.4.1). */
const MAX_LANGUAGE_LENGTH = 35

export const language = z
  .string()
  .check(z.maxLength(MAX_LANGUAGE_LENGTH), z.refine(isLanguage, 'must be a language tag, such as de or pt-BR'))

function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1
  } catch {
    return false
  }
}

/** ISO 3166-1 alpha-2 in any case, or `unknown`. */
export const country = z.pipe(
  z.string().check(z.regex(/^(?:[A-Za-z]{2}|unknown)$/, 'must be two letters, or unknown')),
  z.transform((text) => (text === 'unknown' ? text : text.toUpperCase())),
)
