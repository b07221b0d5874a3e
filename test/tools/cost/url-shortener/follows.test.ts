import { readFileSync } from 'node:fs'
import { priceOf } from '../../../../tools/cost/price-list.ts'
import { measuredUse } from '../../../../tools/scale/measured-units.ts'

/** Returns the dollars of a row in a section of a page. */
function dollars(page: string, mark: string, row: string): number[] {
  const [, section = ''] = readFileSync(page, 'utf8').split(mark)
  const line = section.split('\n').find((each) => each.startsWith(`| ${row} |`)) ?? ''
  return [...line.matchAll(/\$([\d.]+)/g)].map(([, value]) => Number(value))
}

const followed = (row: string) => dollars('docs/costs.md', '### What follows a click', row)
const ofClicks = (row: string) => dollars('docs/benchmarks.md', '<!-- bench:clicks -->', row).at(-1)
const rows = measuredUse('UrlShortener')
/** The price of a million events on a bus, in USD. */
const EVENT_MILLION = 1
const EVENT_AND_CHECK = EVENT_MILLION + 3 * priceOf('sqsMillion').usd

test.each([
  ['redirects, all of one link', 'sends a visitor to the target', ofClicks('one link')],
  ['redirects, of a hundred links at a time', 'sends a visitor to the target', ofClicks('100 links')],
  ['redirects, each alone', 'sends a visitor to the target', ofClicks('one link, once')],
  ['created links', 'creates a second link', EVENT_AND_CHECK],
])('a million %s cost what docs/costs.md says, with what follows', (row, request, follows) => {
  const [first, second = Number.NaN, sum] = followed(row)
  expect([first, second]).toEqual([rows.get(request)?.usd, follows])
  expect(sum).toBeCloseTo((rows.get(request)?.usd ?? Number.NaN) + second, 2)
})
