import { axeViolations } from '../../support/axe.ts'
import { useBrowser } from '../../support/browser.ts'
import { overflow } from '../../support/page-checks.ts'
import { useConsole } from '../../tools/console/console-world.ts'

const browser = useBrowser()
const console = useConsole()

async function openLinks(options = {}) {
  const { page, complaints } = await browser.open({ locale: 'en-US', ...options })
  await page.goto(console.url())
  await page.getByRole('link', { name: 'Links', exact: true }).click()
  await page.getByRole('heading', { name: 'The latest links' }).waitFor()
  return { page, complaints }
}

test('a link is made, visited and blocked, and its call leads to a trace over the outbox to the consumer', async () => {
  const { page, complaints } = await openLinks()
  await page.getByRole('button', { name: 'Make', exact: true }).click()
  await page.getByRole('img', { name: /^QR code of http/ }).waitFor()
  await page.getByRole('button', { name: 'phone' }).click()
  await page.getByText('302: the visitor is led to').first().waitFor()
  await page.getByRole('button', { name: 'Preview' }).click()
  await page.getByText('"targets"').waitFor()
  await page.getByRole('button', { name: 'Block' }).click()
  await page.getByRole('button', { name: 'Unblock' }).waitFor()

  await page.getByText(/^Calls of this page/).click()
  const made = page.getByRole('row').filter({ hasText: 'POST /v1/links' }).first()
  await made.getByRole('link').click()
  const waterfall = page.getByRole('region', { name: 'Waterfall' })
  for (const part of ['Management', 'waits in the outbox', 'Publisher', 'bus and queue', 'CheckTarget']) {
    await waterfall.getByText(part).first().waitFor()
  }
  expect(complaints).toEqual([])
})

test('a burst on a capped link admits exactly the cap, and the page says so', async () => {
  const { page } = await openLinks()
  await page.getByLabel('Cap', { exact: true }).fill('3')
  await page.getByLabel('Visits at once').fill('8')
  await page.getByRole('button', { name: /capped link/ }).click()
  await page.getByText(/^3 of 8 visits were redirected, exactly as many as the cap allows/).waitFor()
  expect(await page.locator('.square').count()).toBe(8)
})

test.each([
  'light',
  'dark',
] as const)('with a link open it is accessible and narrow enough in %s', async (colorScheme) => {
  const viewport = { width: 320, height: 640 }
  const { page } = await openLinks({ colorScheme, viewport, bypassCSP: true })
  await page.getByRole('button', { name: 'Make', exact: true }).click()
  await page.getByText(/by bots\.$/).waitFor()
  expect([await axeViolations(page), await overflow(page)]).toEqual([[], 0])
})
