import type { Page } from 'playwright-core'
import { useBrowser } from '../../support/browser.ts'
import { aClient } from '../a-client.ts'

const browser = useBrowser()

/**
 * The browser of the tests can only reach this machine: what counts is that it requests the target, which doesn't
 * respond.
 */
const TARGET = 'https://example.com/behind-the-password'
const PASSWORD = 'ü &+%="<secret>'

async function protectedLink(fields: object = {}): Promise<string> {
  const { hasPassword, shortUrl } = await (await aClient()).create({ url: TARGET, password: PASSWORD, ...fields })
  expect(hasPassword).toBe(true)
  return shortUrl
}

async function enter(page: Page, password: string): Promise<void> {
  await page.getByLabel('Password').fill(password)
  await page.keyboard.press('Enter')
}

test('a person gets the form, is told that a password is wrong, and continues with the right one', async () => {
  const shortUrl = await protectedLink()
  const { page } = await browser.open()
  const form = await page.goto(shortUrl)
  expect(form?.status()).toBe(200)
  expect(await page.content()).not.toContain(TARGET)

  const refusal = page.waitForResponse(`${shortUrl}/unlock`)
  await enter(page, 'wrong')
  expect((await refusal).status()).toBe(401)
  expect(await page.getByRole('alert').textContent()).toMatch(/wrong/)

  const arrival = page.waitForRequest(TARGET)
  await enter(page, PASSWORD)
  expect((await arrival).method()).toBe('GET')
  expect((await arrival).headers().referer).toBeUndefined()
})

test('the query of the visit reaches the target, even after a wrong password', async () => {
  const shortUrl = await protectedLink({ forwardQuery: true })
  const { page } = await browser.open()
  await page.goto(`${shortUrl}?utm=a%20"b&x=<i>`)
  await enter(page, 'wrong')
  await page.getByRole('alert').waitFor()
  const arrival = page.waitForRequest(/behind-the-password/)
  await enter(page, PASSWORD)
  expect((await arrival).url()).toBe(`${TARGET}?utm=a%20%22b&x=%3Ci%3E`)
})

test('an unlocked browser is redirected at once, and another one gets the form', async () => {
  const shortUrl = await protectedLink()
  const { page } = await browser.open()
  await page.goto(shortUrl)
  const first = page.waitForRequest(TARGET)
  await enter(page, PASSWORD)
  await first

  const again = page.waitForRequest(TARGET)
  await expect(page.goto(shortUrl)).rejects.toThrow('ERR_NAME_NOT_RESOLVED')
  await again

  const other = await browser.open()
  await other.page.goto(shortUrl)
  expect(await other.page.getByLabel('Password').count()).toBe(1)
})
