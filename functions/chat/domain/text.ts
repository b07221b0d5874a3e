export const MAX_BODY_BYTES = 4096

/** Control characters other than tab and newline, which no text may have. */
const CONTROL = /(?![\t\n])\p{Cc}/u

/** The reason why a text can't be a body. */
export type TextFault = 'empty' | 'malformed' | 'too-large'

/**
 * Brings a text to its stored form, NFC, which is what limits apply to.
 *
 * @returns the text, or the reason why it can't be stored: lone surrogates, control characters, nothing but white space,
 * or more than 4,096 bytes of UTF-8.
 */
export function toBody(text: string): { body: string } | { fault: TextFault } {
  if (!text.isWellFormed() || CONTROL.test(text)) return { fault: 'malformed' }
  const body = text.normalize('NFC')
  if (body.trim() === '') return { fault: 'empty' }
  if (Buffer.byteLength(body) > MAX_BODY_BYTES) return { fault: 'too-large' }
  return { body }
}

/** One emoji that Unicode recommends for general interchange, as fonts and keyboards have it (UTS #51, ED-27). */
const ONE_EMOJI = /^\p{RGI_Emoji}$/v

const VARIATION_SELECTOR_16 = '\uFE0F'

/**
 * Returns the one form under which an emoji is counted: fully qualified spellings and those without U+FE0F are the same.
 *
 * @returns `undefined` for anything but one RGI emoji.
 */
export function toEmoji(text: string): string | undefined {
  const bare = text.replaceAll(VARIATION_SELECTOR_16, '')
  return candidates(bare).find((candidate) => ONE_EMOJI.test(candidate))
}

/** Lists the spellings of an emoji, by the places that may take U+FE0F: after each character, and after none. */
function candidates(bare: string): string[] {
  const characters = [...bare]
  // The longest RGI sequences have 10 code points, of which at most 4 take a selector.
  if (characters.length === 0 || characters.length > MAX_CODE_POINTS) return []
  let spellings = ['']
  for (const character of characters) {
    const selected = /\p{Emoji}/u.test(character) && !/\p{Emoji_Presentation}/u.test(character)
    spellings = spellings.flatMap((start) =>
      selected ? [`${start}${character}`, `${start}${character}${VARIATION_SELECTOR_16}`] : [`${start}${character}`],
    )
  }
  return spellings
}

const MAX_CODE_POINTS = 10
