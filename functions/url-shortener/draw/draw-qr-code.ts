import { create, toBuffer, toString as toText } from 'qrcode'

export const IMAGE_FORMATS = ['svg', 'png'] as const
export type ImageFormat = (typeof IMAGE_FORMATS)[number]

export interface QrCodeOptions {
  format: ImageFormat
  /** The width and height of the image with its margin, in pixels. */
  size: number
  /** The width of the light border on each side, in modules: the small squares that the code consists of. */
  margin: number
}

/** The media type of each format. */
export const MEDIA_TYPES: Record<ImageFormat, string> = { svg: 'image/svg+xml', png: 'image/png' }

/**
 * The code stays readable while up to 15 % of it is damaged. A higher level needs more modules, which a small image has
 * no pixels for.
 */
const ERROR_CORRECTION = 'M'

/**
 * Draws a text as a QR code (ISO/IEC 18004), dark on light. The same text and options always give the same bytes.
 *
 * @throws Error when the text is longer than a QR code can hold (2,331 bytes).
 */
export async function drawQrCode(text: string, { format, size, margin }: QrCodeOptions): Promise<string | Uint8Array> {
  const options = { margin, errorCorrectionLevel: ERROR_CORRECTION } as const
  if (format === 'svg') return toText(text, { ...options, width: size, type: 'svg' })
  const modules = create(text, options).modules.size + 2 * margin
  return toBuffer(text, { ...options, width: widthFor(size, modules) })
}

/**
 * Returns the width to ask the package for. It divides the width by the number of modules, multiplies again and rounds
 * down, so that 256 pixels become 255 for some numbers: a little more gives the right size.
 */
function widthFor(size: number, modules: number): number {
  return Math.floor((size / modules) * modules) < size ? size + 1e-6 : size
}
