import { describeClick, isBotClick } from '../../../functions/url-shortener/clicks/describe-click.ts'
import { aClick } from './a-click.ts'

const BROWSERS: [string, string[]][] = [
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
    ['mobile', 'Mobile Safari', 'iOS'],
  ],
  [
    'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36',
    ['mobile', 'Chrome', 'Android'],
  ],
  [
    'Mozilla/5.0 (iPad; CPU OS 12_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/12.1 Mobile/15E148 Safari/604.1',
    ['tablet', 'Mobile Safari', 'iOS'],
  ],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0',
    ['desktop', 'Edge', 'Windows'],
  ],
  ['', ['unknown', 'unknown', 'unknown']],
  ['A program of somebody', ['unknown', 'unknown', 'unknown']],
]

test.each(BROWSERS)('%s has a device, a browser and a system', (userAgent, expected) => {
  const { device, browser, os } = describeClick(aClick(1, { userAgent }))
  expect([device, browser, os]).toEqual(expected)
})

test('a visit that no page led to is direct', () => {
  expect(describeClick(aClick(1)).referrer).toBe('direct')
  expect(describeClick(aClick(1, { referrer: 'news.example', country: 'DE' }))).toMatchObject({
    referrer: 'news.example',
    country: 'DE',
  })
})

test('bots and prefetches are told from people', () => {
  const bot = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'
  const clicks = [
    aClick(1),
    aClick(2, { isPrefetch: true }),
    aClick(3, { userAgent: bot }),
    aClick(4, { userAgent: 'curl/8.5.0' }),
  ]
  expect(clicks.map(isBotClick)).toEqual([false, true, true, true])
})
