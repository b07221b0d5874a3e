import type { BrowserContextOptions, Page } from 'playwright-core'
import { axeViolations } from '../../support/axe.ts'
import { useBrowser } from '../../support/browser.ts'
import { outline, overflow } from '../../support/page-checks.ts'
import { useConsole } from './console-world.ts'

const browser = useBrowser()
const console = useConsole()
const LOCALE = { locale: 'en-US' }

async function visit(options: BrowserContextOptions = {}) {
  const { page, complaints } = await browser.open({ ...LOCALE, ...options })
  await page.goto(console.url())
  await page.locator('main h1').waitFor()
  return { page, complaints }
}

/** Opens each page in turn, by its link in the navigation. */
async function eachPage(page: Page, look: (title: string) => Promise<void>): Promise<string[]> {
  const titles = await page.locator('nav a').allTextContents()
  for (const title of titles) {
    await page.locator('nav').getByRole('link', { name: title, exact: true }).click()
    await page.locator('main h1', { hasText: title }).waitFor()
    await look(title)
  }
  return titles
}

test('the printed URL opens the overview of the deployed systems, and the secret leaves the address bar', async () => {
  const { page, complaints } = await visit()
  expect(new URL(page.url()).search).toBe('')
  expect(await outline(page)).toMatchObject({ language: 'en', headings: ['Overview'], landmarks: 1 })
  await page.getByText('healthy', { exact: true }).first().waitFor()
  await page.getByText('Local cloud, live').waitFor()
  await page.getByRole('region', { name: 'Functions' }).getByRole('row').nth(1).waitFor()
  expect(complaints).toEqual([])
})

test('every page opens without a complaint of the browser, and asks no other host', async () => {
  const { page, complaints } = await visit()
  const hosts = new Set<string>()
  page.on('request', (request) => hosts.add(new URL(request.url()).hostname))
  const titles = await eachPage(page, async () => {})
  expect(titles.slice(0, 3)).toEqual(['Overview', 'Trace', 'Faults'])
  expect(titles.length).toBeGreaterThan(3)
  expect([complaints, [...hosts].filter((host) => host !== '127.0.0.1' && host !== '')]).toEqual([[], []])
})

test.each(['light', 'dark'] as const)('axe finds nothing wrong with any page in %s', async (colorScheme) => {
  const { page } = await visit({ colorScheme, bypassCSP: true })
  const found: unknown[] = []
  await eachPage(page, async (title) => {
    for (const violation of await axeViolations(page)) found.push([title, ...violation])
  })
  expect(found).toEqual([])
})

test('every page fits into 320 pixels', async () => {
  const { page } = await visit({ viewport: { width: 320, height: 640 } })
  const wide: unknown[] = []
  await eachPage(page, async (title) => {
    const pixels = await overflow(page)
    if (pixels > 0) wide.push([title, pixels])
  })
  expect(wide).toEqual([])
})

test('the keyboard reaches the pages: the content by the skip link, a page by its link', async () => {
  const { page } = await visit()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  expect(await page.evaluate('document.activeElement.id')).toBe('content')
  await page.locator('nav').getByRole('link', { name: 'Trace' }).focus()
  await page.keyboard.press('Enter')
  await page.locator('main h1', { hasText: 'Trace' }).waitFor()
  expect(await page.evaluate('document.activeElement.id')).toBe('content')
})

test('a cut connection is shown, and the page goes on by itself', async () => {
  const { page } = await visit()
  await page.getByText('Local cloud, live').waitFor()
  console.cut()
  await page.getByText('Console disconnected').waitFor()
  await console.start()
  await page.getByText('Local cloud, live').waitFor()
  expect(await page.getByText('Console disconnected').count()).toBe(0)
})

test('without the secret there is nothing but a hint', async () => {
  const { page } = await browser.open(LOCALE)
  const response = await page.goto(new URL('/', console.url()).href)
  expect([response?.status(), await page.locator('stackyard-console').count()]).toEqual([403, 0])
})
