import fc from 'fast-check'
import { drawQrCode, type QrCodeOptions } from '../../../functions/url-shortener/draw/draw-qr-code.ts'
import { pixelsOfPng, pixelsOfSvg, readQrCode } from './read-qr-code.ts'

const SHORT = 'https://go.example/4kX9wQ2'
/** The URL of an API without a domain of its own, with the longest alias. */
const LONG = `https://abcdef1234.execute-api.ap-southeast-2.amazonaws.com/${'spring-sale_'.repeat(5)}2026`

async function pixelsOf(text: string, options: QrCodeOptions) {
  const image = await drawQrCode(text, options)
  return typeof image === 'string' ? pixelsOfSvg(image) : pixelsOfPng(image)
}

const extremes = (['svg', 'png'] as const).flatMap((format) =>
  [128, 256].flatMap((size) => [0, 16].map((margin) => ({ format, size, margin }))),
)

test.each(
  extremes,
)('a reader gets the URL from an image of $format, $size pixels and margin $margin', async (options) => {
  for (const text of [SHORT, LONG]) {
    const pixels = await pixelsOf(text, options)
    expect([readQrCode(pixels), pixels.size]).toEqual([text, options.size])
  }
})

test('a reader gets every short URL, at the usual size and margin', async () => {
  const code = fc.stringMatching(/^[A-Za-z0-9_-]{3,64}$/)
  const format = fc.constantFrom('svg' as const, 'png' as const)
  await fc.assert(
    fc.asyncProperty(code, format, async (code, format) => {
      const text = `https://go.example/${code}`
      expect(readQrCode(await pixelsOf(text, { format, size: 256, margin: 4 }))).toBe(text)
    }),
    { numRuns: 10 },
  )
})

test('the margin is a border of light modules', async () => {
  const darkest = async (margin: number) => {
    const { data, size } = await pixelsOf(SHORT, { format: 'png', size: 290, margin })
    return [...data.entries()].flatMap(([at, value]) => (at % 4 === 0 && value === 0 ? [(at / 4) % size] : []))
  }
  // The code of this URL has 25 modules in a row.
  expect(Math.min(...(await darkest(0)))).toBe(0)
  expect(Math.min(...(await darkest(2)))).toBe(20)
})

test('the same request gives the same bytes', async () => {
  const options = { format: 'png', size: 200, margin: 1 } as const
  expect(await drawQrCode(SHORT, options)).toEqual(await drawQrCode(SHORT, options))
})
