/** The default alphabet of SMS (GSM 03.38, 3GPP TS 23.038, section 6.2.1), without the escape. */
const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
    '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
)
/** The extension table, whose characters take an escape each (section 6.2.1.1). */
const EXTENDED = new Set('\f^{}\\[~]|€')

/** The units that one message holds, and each of several: the header of a part takes the rest. */
const SEPTETS = { single: 160, part: 153 }
const UTF16 = { single: 70, part: 67 }

/**
 * Returns the number of segments in which an SMS is sent and charged. A text of the GSM alphabet counts in septets, any
 * other one in UTF-16 units. Neither an escape sequence nor a surrogate pair is split between two segments.
 */
export function smsSegments(text: string): number {
  const characters = [...text]
  const isGsm = characters.every((character) => BASIC.has(character) || EXTENDED.has(character))
  const units = characters.map((character) => (isGsm ? (EXTENDED.has(character) ? 2 : 1) : character.length))
  const { single, part } = isGsm ? SEPTETS : UTF16
  if (units.reduce((sum, count) => sum + count, 0) <= single) return 1
  let segments = 1
  let used = 0
  for (const count of units) {
    if (used + count > part) {
      segments += 1
      used = 0
    }
    used += count
  }
  return segments
}
