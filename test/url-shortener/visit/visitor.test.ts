import { aVisitor, VISITORS } from './a-visit.ts'

const MAC_SAFARI =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15'
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 Version/18.6 Mobile/15E148 Safari/604.1'
const ANDROID =
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36'
const WINDOWS_PHONE =
  'Mozilla/5.0 (Mobile; Windows Phone 8.1; Android 4.0; ARM; Trident/7.0; like iPhone OS 7_0_3 Mac OS X) like Gecko'
const LINUX = VISITORS.person['user-agent']

test.each<[string, Record<string, string>]>([
  ['person', VISITORS.person],
  ['person', { 'user-agent': IPHONE }],
  ['person', {}],
  ['bot', VISITORS.bot],
  ['bot', { 'user-agent': 'curl/8.5.0' }],
  ['bot', { 'user-agent': 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)' }],
  ['prefetch', VISITORS.prefetch],
  ['prefetch', { 'user-agent': LINUX, 'sec-purpose': 'prefetch' }],
  ['prefetch', { 'user-agent': LINUX, purpose: 'prefetch' }],
  ['prefetch', { 'user-agent': LINUX, 'x-moz': 'prefetch' }],
  ['prefetch', { 'user-agent': MAC_SAFARI, 'x-purpose': 'preview' }],
  ['prefetch', { 'user-agent': MAC_SAFARI, 'x-purpose': ' Preview ' }],
  ['prefetch', { 'user-agent': LINUX, 'x-purpose': 'prefetch' }],
  ['prefetch', { 'user-agent': LINUX, purpose: 'preview' }],
  ['prefetch', { 'user-agent': LINUX, 'sec-purpose': 'prefetch;prerender' }],
  ['person', { 'user-agent': LINUX, purpose: 'navigation', 'x-purpose': 'no-prefetching' }],
  ['prefetch', { ...VISITORS.bot, 'sec-purpose': 'prefetch' }],
])('a %s by %j', (kind, headers) => {
  expect(aVisitor(headers).kind).toBe(kind)
})

test.each<[string, Record<string, string>]>([
  ['ios', { 'user-agent': IPHONE }],
  ['ios', { 'user-agent': 'Mozilla/5.0 (iPad; CPU OS 12_2 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148' }],
  ['android', { 'user-agent': ANDROID }],
  ['mobile', { 'user-agent': WINDOWS_PHONE }],
  ['mobile', { 'user-agent': 'Opera/9.80 (J2ME/MIDP; Opera Mini/9.80) Presto/2.12' }],
  ['desktop', { 'user-agent': MAC_SAFARI }],
  ['desktop', { 'user-agent': LINUX }],
  ['desktop', {}],
  // Client hints take precedence over a User-Agent that requests the desktop site.
  ['android', { 'user-agent': LINUX, 'sec-ch-ua-platform': '"Android"' }],
  ['ios', { 'user-agent': MAC_SAFARI, 'sec-ch-ua-platform': '"iOS"' }],
  ['mobile', { 'user-agent': LINUX, 'sec-ch-ua-mobile': '?1' }],
  ['desktop', { 'user-agent': LINUX, 'sec-ch-ua-mobile': '?0', 'sec-ch-ua-platform': '"Linux"' }],
])('a device is %s by %j', (device, headers) => {
  expect(aVisitor(headers).device).toBe(device)
})

test.each<[string, string | null]>([
  ['de', 'de'],
  ['de-AT,de;q=0.9,en;q=0.8', 'de'],
  ['en;q=0.8, DE-at;q=0.9', 'de'],
  ['fr;q=0.5,de;q=0.5', 'fr'],
  ['de;q=0, en;q=0.1', 'en'],
  ['*, fr;q=0.1', 'fr'],
  ['*', null],
  ['', null],
  ['zh-Hant-TW', 'zh'],
  ['fr; Q=0.2 , it ; q=0.7', 'it'],
  ['de;q=high', null],
  [';;,=,', null],
])('of the languages %j the best is %j', (accepted, language) => {
  expect(aVisitor({ 'accept-language': accepted }).language).toBe(language)
})

test('without the header there is no language', () => {
  expect(aVisitor({}).language).toBeNull()
})

test.each<[string, string | undefined, boolean]>([
  ['AT', 'AT', true],
  ['unknown', 'AT', false],
  ['unknown', undefined, true],
  ['unknown', 'Austria', true],
])('a country is %s if the header says %s, and it is from the edge: %s', (country, header, isFromEdge) => {
  expect(aVisitor(header ? { 'cloudfront-viewer-country': header } : {}, isFromEdge).country).toBe(country)
})
