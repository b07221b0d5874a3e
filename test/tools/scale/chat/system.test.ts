import { readFileSync } from 'node:fs'
import { priceOf } from '../../../../tools/cost/price-list.ts'
import { AFTER_A_MESSAGE, MEMBERS } from '../../../../tools/scale/chat/system.ts'

const page = readFileSync('docs/costs.md', 'utf8')

/** Returns the numbers of a row of the tables of messages. */
function row(name: string): number[] {
  const [, tables = ''] = page.split('**Chat: messages,')
  const line = tables.split('\n').find((each) => each.startsWith(`| ${name} |`)) ?? ''
  return line
    .split('|')
    .slice(2, -1)
    .map((cell) => Number(cell.trim().replace('$', '')))
}

test('what follows a message has the measured units, and their price', () => {
  const [reads, writes] = [1, 2].map((column) =>
    ['Dispatch', 'FanOut', 'Missed'].reduce((sum, part) => sum + (row(part)[column] ?? Number.NaN), 0),
  )
  expect({ read: reads, write: writes }).toEqual({ read: AFTER_A_MESSAGE.read, write: AFTER_A_MESSAGE.write })
  const [posts = 0, , , sqs = 0, lambda = 0, logs = 0] = row(String(MEMBERS))
  const dynamodb =
    AFTER_A_MESSAGE.read * priceOf('readMillion').usd + AFTER_A_MESSAGE.write * priceOf('writeMillion').usd
  // Three of the four functions are not the one that answers the sender.
  const usd = posts + sqs + dynamodb + (3 / 4) * (lambda + logs)
  expect(Math.abs(usd - AFTER_A_MESSAGE.usd)).toBeLessThan(0.1)
})
