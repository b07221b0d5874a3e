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
 * Enters a password in the form of a link, until the response has a status. An attempt that can't be counted in time is
 * denied, as on a busy machine: the link is then opened again, as its page says.
 */
async function enter(page: Page, url: string, { password, status }: { password: string; status: number }) {
  await eventually(async () => {
    const response = page.waitForResponse((one) => new URL(one.url()).pathname.endsWith('/unlock'))
    await page.getByLabel('Password').fill(password)
    await page.keyboard.press('Enter')
    const found = (await response).status()
    if (found !== status) await page.goto(url)
    expect(found).toBe(status)
  })
}

const WRONG = { password: 'wrong', status: 401 }
const RIGHT = { password: PASSWORD, status: 303 }

test('a person gets the form, is told that a password is wrong, and continues with the right one', async () => {
  const shortUrl = await protectedLink()
  const { page } = await browser.open()
  const form = await page.goto(shortUrl)
  expect(form?.status()).toBe(200)
  expect(await page.content()).not.toContain(TARGET)

  await enter(page, shortUrl, WRONG)
  expect(await page.getByRole('alert').textContent()).toMatch(/wrong/)

  const arrival = page.waitForRequest(TARGET)
  await enter(page, shortUrl, RIGHT)
  expect((await arrival).method()).toBe('GET')
  expect((await arrival).headers().referer).toBeUndefined()
})

test('the query of the visit reaches the target, even after a wrong password', async () => {
  const shortUrl = await protectedLink({ forwardQuery: true })
  const { page } = await browser.open()
  const visited = `${shortUrl}?utm=a%20"b&x=<i>`
  await page.goto(visited)
  await enter(page, visited, WRONG)
  await page.getByRole('alert').waitFor()
  const arrival = page.waitForRequest(/behind-the-password/)
  await enter(page, visited, RIGHT)
  expect((await arrival).url()).toBe(`${TARGET}?utm=a%20%22b&x=%3Ci%3E`)
})

test('an unlocked browser is redirected at once, and another one gets the form', async () => {
  const shortUrl = await protectedLink()
  const { page } = await browser.open()
  await page.goto(shortUrl)
  const first = page.waitForRequest(TARGET)
  await enter(page, shortUrl, RIGHT)
  await first

  const again = page.waitForRequest(TARGET)
  await expect(page.goto(shortUrl)).rejects.toThrow('ERR_NAME_NOT_RESOLVED')
  await again

  const other = await browser.open()
  await other.page.goto(shortUrl)
  expect(await other.page.getByLabel('Password').count()).toBe(1)
})
