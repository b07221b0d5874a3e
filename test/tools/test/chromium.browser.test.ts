import { useBrowser } from '../../support/browser.ts'
import { useServers } from '../../support/servers.ts'

const browser = useBrowser()
const serve = useServers()

test.each([
  ['a name', 'http://example.com/'],
  ['an address', 'http://192.0.2.1/'],
])('the browser of the tests can’t reach %s beyond this machine', async (_, url) => {
  const { page } = await browser.open()
  await expect(page.goto(url)).rejects.toThrow('ERR_NAME_NOT_RESOLVED')
})

test('a redirect can’t reach it either', async () => {
  const server = await serve(() => ({ status: 302, headers: { location: 'http://example.com/' } }))
  const { page } = await browser.open()
  await expect(page.goto(server.url)).rejects.toThrow('ERR_NAME_NOT_RESOLVED')
  expect(server.requests).toHaveLength(1)
})

test('its user agent is that of a person’s browser, and not a headless one', async () => {
  const { page } = await browser.open()
  const agent = await page.locator('html').evaluate((html) => html.ownerDocument.defaultView.navigator.userAgent)
  expect(agent).toMatch(/ Chrome\/\d+\.0\.0\.0 Safari/)
})
