/** The limit of a body in UTF-8. */
export const MAX_BODY_BYTES = 4096

/** Checks whether a text has control characters other than tab and newline. */
export function hasControls(text: string): boolean {
  return /(?![\t\n])\p{Cc}/u.test(text)
}

/** Checks whether a body, in the form in which it is stored (NFC), is too large. */
export function isTooLarge(body: string): boolean {
  return Buffer.byteLength(body) > MAX_BODY_BYTES
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
