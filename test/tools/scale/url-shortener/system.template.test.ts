import { readFileSync } from 'node:fs'
import { CLICK_SHARDS } from '../../../../functions/url-shortener/domain/click.ts'
import { A_CLICK, A_HOT_CLICK, CLICKS } from '../../../../tools/scale/url-shortener/system.ts'
import { consumerOf } from '../consumers.ts'

const page = readFileSync('docs/benchmarks.md', 'utf8')
const [, clicks = ''] = page.split('<!-- bench:clicks -->')

/** Returns the units of a click in a row of docs/benchmarks.md. */
function measured(row: string) {
  const [, , , , read, write, , , , usd] = (clicks.split('\n').find((line) => line.startsWith(`| ${row} |`)) ?? '')
    .split('|')
    .map((cell) => Number(cell.trim().replace('$', '')))
  return { read, write, usd }
}

test('the model of clicks has the measured units and prices', () => {
  expect(measured(A_CLICK.row)).toEqual({ read: A_CLICK.read, write: A_CLICK.write, usd: A_CLICK.usd })
  expect(measured(A_HOT_CLICK.row).write).toBe(A_HOT_CLICK.write)
})

test('the model of clicks has the batches, the concurrency and the shards of the stack', () => {
  const { shards, ...consumer } = CLICKS
  expect(consumerOf('UrlShortener', 'CountClicks')).toEqual(consumer)
  expect(shards).toBe(CLICK_SHARDS)
})
