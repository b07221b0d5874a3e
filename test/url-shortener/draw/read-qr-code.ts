import { inflateSync } from 'node:zlib'
import jsqr from 'jsqr'

// The package is CommonJS: under Node's rules its default export is in a field of the module.
const decode = 'default' in jsqr ? jsqr.default : jsqr

/** The pixels of a square image, four bytes each: red, green, blue, opacity. */
export interface Pixels {
  size: number
  data: Uint8ClampedArray
}

/** Reads the text of the QR code in an image, as a phone does; `undefined` if there is none. */
export function readQrCode({ data, size }: Pixels): string | undefined {
  return decode(data, size, size)?.data
}

const PIXEL_BYTES = 4

/** Decodes a PNG with eight bits for each of red, green, blue and opacity (PNG Specification, section 9). */
export function pixelsOfPng(png: Uint8Array): Pixels {
  const bytes = Buffer.from(png)
  const [size, kind] = [bytes.readUInt32BE(16), bytes.toString('hex', 24, 29)]
  if (kind !== '0806000000') throw new Error(`The PNG has another pixel format: ${kind}.`)
  const lines = inflateSync(Buffer.concat(dataOf(bytes)))
  const width = size * PIXEL_BYTES
  const data = new Uint8ClampedArray(size * width)
  for (let y = 0; y < size; y++) {
    const filter = lines[y * (width + 1)] ?? 0
    for (let x = 0; x < width; x++) {
      const at = y * width + x
      const left = x < PIXEL_BYTES ? 0 : (data[at - PIXEL_BYTES] ?? 0)
      const up = data[at - width] ?? 0
      const upLeft = x < PIXEL_BYTES ? 0 : (data[at - width - PIXEL_BYTES] ?? 0)
      const predicted = [0, left, up, (left + up) >> 1, paeth(left, up, upLeft)][filter] ?? 0
      data[at] = ((lines[y * (width + 1) + 1 + x] ?? 0) + predicted) & 255
    }
  }
  return { size, data }
}

/** Lists the contents of a PNG's `IDAT` chunks. */
function dataOf(png: Buffer): Buffer[] {
  const parts: Buffer[] = []
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)))
  }
  return parts
}

function paeth(left: number, up: number, upLeft: number): number {
  const distance = (value: number) => Math.abs(left + up - upLeft - value)
  if (distance(left) <= distance(up) && distance(left) <= distance(upLeft)) return left
  return distance(up) <= distance(upLeft) ? up : upLeft
}

/** Draws an SVG whose dark modules are horizontal strokes (`M`, `m` and `h`) of width 1, on a light background. */
export function pixelsOfSvg(svg: string): Pixels {
  const [, width = '', height, side = ''] =
    /<svg [^>]*width="(\d+)" height="(\d+)" viewBox="0 0 (\d+) \3"/.exec(svg) ?? []
  if (width !== height) throw new Error('The SVG is not square.')
  const [size, modules] = [Number(width), Number(side)]
  const data = new Uint8ClampedArray(size * size * PIXEL_BYTES).fill(255)
  const dark = strokesOf(/<path stroke="#000000" d="([^"]*)"/.exec(svg)?.[1] ?? '')
  for (let at = 0; at < size * size; at++) {
    const [x, y] = [at % size, Math.floor(at / size)].map((pixel) => Math.floor(((pixel + 0.5) * modules) / size))
    if (dark.has(`${x} ${y}`)) data.fill(0, at * PIXEL_BYTES, at * PIXEL_BYTES + 3)
  }
  return { size, data }
}

/** Lists the modules that a path covers, as in `3 7` for column and row. */
function strokesOf(path: string): Set<string> {
  const covered = new Set<string>()
  let [x, y] = [0, 0]
  for (const [, command, ...numbers] of path.matchAll(/([Mmh])([\d.-]+)(?: ([\d.-]+))?/g)) {
    const [first = 0, second = 0] = numbers.map((text) => Number(text ?? 0))
    if (command === 'M') [x, y] = [first, Math.floor(second)]
    else if (command === 'm') x += first
    else for (let end = x + first; x < end; x++) covered.add(`${x} ${y}`)
  }
  return covered
}
