import type { Page } from 'playwright-core'
import { useBrowser } from '../../support/browser.ts'
import { eventually } from '../../support/eventually.ts'
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

/**
 * Enters a password in the form of a link, and returns the status of the response. An attempt that can't be counted in
 * time is denied, as on a busy machine: the link is then opened again, as its page says.
 */
function enter(page: Page, url: string, password: string): Promise<number> {
  return eventually(async () => {
    const response = page.waitForResponse((one) => new URL(one.url()).pathname.endsWith('/unlock'))
    await page.getByLabel('Password').fill(password)
    await page.keyboard.press('Enter')
    const status = (await response).status()
    if (status === 429) await page.goto(url)
    expect(status).not.toBe(429)
    return status
  })
}

test('a person gets the form, is told that a password is wrong, and continues with the right one', async () => {
  const shortUrl = await protectedLink()
  const { page } = await browser.open()
  const form = await page.goto(shortUrl)
  expect(form?.status()).toBe(200)
  expect(await page.content()).not.toContain(TARGET)

  expect(await enter(page, shortUrl, 'wrong')).toBe(401)
  expect(await page.getByRole('alert').textContent()).toMatch(/wrong/)

  const arrival = page.waitForRequest(TARGET)
  expect(await enter(page, shortUrl, PASSWORD)).toBe(303)
  expect((await arrival).method()).toBe('GET')
  expect((await arrival).headers().referer).toBeUndefined()
})

test('the query of the visit reaches the target, even after a wrong password', async () => {
  const shortUrl = await protectedLink({ forwardQuery: true })
  const { page } = await browser.open()
  const visited = `${shortUrl}?utm=a%20"b&x=<i>`
  await page.goto(visited)
  expect(await enter(page, visited, 'wrong')).toBe(401)
  await page.getByRole('alert').waitFor()
  const arrival = page.waitForRequest(/behind-the-password/)
  expect(await enter(page, visited, PASSWORD)).toBe(303)
  expect((await arrival).url()).toBe(`${TARGET}?utm=a%20%22b&x=%3Ci%3E`)
})

test('an unlocked browser is redirected at once, and another one gets the form', async () => {
  const shortUrl = await protectedLink()
  const { page } = await browser.open()
  await page.goto(shortUrl)
  const first = page.waitForRequest(TARGET)
  expect(await enter(page, shortUrl, PASSWORD)).toBe(303)
  await first

  const again = page.waitForRequest(TARGET)
  await expect(page.goto(shortUrl)).rejects.toThrow('ERR_NAME_NOT_RESOLVED')
  await again

  const other = await browser.open()
  await other.page.goto(shortUrl)
  expect(await other.page.getByLabel('Password').count()).toBe(1)
})
