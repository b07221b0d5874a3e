import type { Page } from 'playwright-core'
import { useConsolePages } from '../../support/console.ts'
import { eventually } from '../../support/eventually.ts'
import { checkConsolePage } from '../check-page.ts'
import { LOOKS } from '../looks.ts'

const open = useConsolePages()

test('a notification is explained, read as a mail in a sandbox, and rings in the inbox', async () => {
  const { page, complaints } = await open('Notifications')
  await send(page, { Who: 'Eve <b>', Text: 'See you' })
  await hasStatus(page, 'delivered')
  await page
    .getByRole('region', { name: 'Events of the notification' })
    .getByRole('cell', { name: 'delivered' })
    .first()
    .waitFor()
  await page
    .getByRole('region', { name: 'Rules that decided' })
    .getByRole('cell', { name: 'preference' })
    .first()
    .waitFor()

  await page.getByRole('button', { name: 'Notifications: 1 new notification', exact: true }).click()
  await page.getByRole('dialog').getByText('Eve <b> answered').waitFor()
  await page.keyboard.press('Escape')

  const frame = page.frameLocator('iframe[title="Mail: Eve <b> answered you"]')
  await frame.getByRole('heading', { name: 'Eve <b> answered you' }).waitFor()
  expect(await page.locator('iframe').getAttribute('sandbox')).toBe('')
  expect(complaints).toEqual([])
})

test('a mail waits for the end of quiet hours, and the page says why; the inbox does not', async () => {
  const { page } = await open('Notifications')
  await page.getByRole('button', { name: 'Set quiet hours' }).click()
  await page
    .getByText(/quiet until/)
    .first()
    .waitFor()
  await send(page)
  await hasStatus(page, 'deferred')
  const why = page.getByRole('region', { name: 'Rules that decided' })
  await why.getByRole('row', { name: /quiet-hours.*decisive/ }).waitFor()
  await page.getByRole('button', { name: 'Notifications: 1 new notification', exact: true }).waitFor()
  await page.getByRole('button', { name: /^Cancel comments/ }).click()
  await eventually(async () => expect(await page.getByRole('button', { name: /^Cancel comments/ }).count()).toBe(0))
})

test('news wait until their digest closes, and come as one mail', async () => {
  const { page } = await open('Notifications')
  for (const text of ['one', 'two']) {
    await page.getByRole('combobox', { name: 'Template' }).selectOption('news')
    await send(page, { Text: text })
    await hasStatus(page, 'digesting')
  }
  const frame = page.frameLocator('iframe[title="Mail: 2 news for you"]')
  await frame.getByText('Bob: two').waitFor()
  await hasStatus(page, 'delivered')
})

test('the inbox catches up when its connection is back', async () => {
  const { page } = await open('Notifications')
  await send(page)
  await page.getByRole('button', { name: 'Notifications: 1 new notification', exact: true }).waitFor()
  await page.getByRole('switch', { name: 'The inbox is connected' }).uncheck()
  await send(page)
  await hasStatus(page, 'delivered')
  await page.getByRole('button', { name: 'Notifications: 1 new notification', exact: true }).waitFor()
  await page.getByRole('switch', { name: 'The inbox is connected' }).check()
  await page.getByRole('button', { name: 'Notifications: 2 new notifications', exact: true }).waitFor()
})

describe.each(LOOKS)('the page, %s,', (_, options) => {
  test('has no problem of accessibility, and fits its window', async () => {
    const { page, complaints } = await open('Notifications', options)
    await checkConsolePage(page, 'Notifications')
    await page.getByRole('button', { name: 'Set quiet hours' }).click()
    await page
      .getByText(/quiet until/)
      .first()
      .waitFor()
    await send(page, { Priority: 'critical' })
    await hasStatus(page, 'delivered')
    await page.locator('iframe').waitFor()
    await checkConsolePage(page, 'Notifications')
    await page.getByRole('button', { name: /^Notifications: / }).click()
    await page.getByRole('dialog').getByText('Bob answered').waitFor()
    await checkConsolePage(page, 'Notifications')
    expect(complaints).toEqual([])
  })
})

async function send(page: Page, fields: Record<string, string> = {}): Promise<void> {
  const { Priority, ...texts } = fields
  for (const [name, value] of Object.entries(texts)) await page.getByRole('textbox', { name }).fill(value)
  if (Priority) await page.getByRole('combobox', { name: 'Priority' }).selectOption(Priority)
  const sent = page.getByRole('region', { name: 'Notifications that were sent' }).locator('tbody tr')
  const before = await sent.count()
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await eventually(async () => expect(await sent.count()).toBe(before + 1))
}

/** Waits until the notification that was sent last has a status. */
async function hasStatus(page: Page, status: string): Promise<void> {
  const first = page.getByRole('region', { name: 'Notifications that were sent' }).locator('tbody tr').first()
  await first.getByText(status, { exact: true }).waitFor()
}
