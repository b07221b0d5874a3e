import type { Page } from 'playwright-core'
import { axeViolations } from '../../support/axe.ts'
import { eventually, steadily } from '../../support/eventually.ts'
import { answered } from '../../support/http.ts'
import { borderColours, contrast, outline, overflow } from '../../support/page-checks.ts'
import { anInbox, useInboxPages } from './inbox-page.ts'

/** A list that is outdated is read again within a second. */
const LIST_WITHIN_MS = 1500
const NARROW = { viewport: { width: 320, height: 640 } }
const open = useInboxPages()

test('the bell counts what is new, the list shows it as seen, and a click as read', async () => {
  const inbox = await anInbox()
  await inbox.send('one', 'two')
  const { page, bell, list, connect, rings, shows, complaints } = await open(inbox)
  await connect()
  await rings('Notifications: 2 new notifications')
  expect(await page.title()).toBe('(2) Inbox')

  await bell.click()
  await shows('Unread: two', 'Unread: one')
  await rings('Notifications')
  await eventually(async () => expect(await inbox.read()).toMatchObject({ unseen: 0, unread: 2 }))

  await list.getByRole('button', { name: 'Unread: two' }).click()
  await shows('two', 'Unread: one')
  await eventually(async () => expect(await inbox.read()).toMatchObject({ unseen: 0, unread: 1 }))

  await list.getByRole('button', { name: 'Mark all as read' }).click()
  await shows('two', 'one')
  await eventually(async () => expect(await inbox.read()).toMatchObject({ unseen: 0, unread: 0 }))
  expect(complaints).toEqual([])
})

test('news come live, are read out, and are seen at once while the list is open', async () => {
  const inbox = await anInbox()
  const { page, bell, connect, rings, shows, requests, pending, sockets, pongs } = await open(inbox)
  await connect()
  await bell.click()
  await page.getByText('Nothing here yet.').waitFor()
  await page.keyboard.press('Escape')
  await eventually(async () => expect(pongs()).toBeGreaterThanOrEqual(1))
  // The list is read when the page opens, when the connection does, and when the user looks: never for live news.
  const lists = () => requests.filter((request) => request.startsWith('GET')).length
  let [opened, listed] = [sockets(), lists()]
  const nothingIsRead = async () => {
    const before = [opened, listed]
    ;[opened, listed] = [sockets(), lists()]
    expect([opened, listed, pending()]).toEqual([...before, 0])
  }
  await steadily(nothingIsRead, { forMs: LIST_WITHIN_MS })

  await inbox.send('one')
  await rings('Notifications: 1 new notification')
  await page.getByRole('status').getByText('1 new notification').waitFor()
  await inbox.send('two')
  await rings('Notifications: 2 new notifications')
  expect([sockets(), lists()]).toEqual([opened, listed])

  await bell.click()
  await shows('Unread: two', 'Unread: one')
  await inbox.send('three')
  await shows('Unread: three', 'Unread: two', 'Unread: one')
  await rings('Notifications')
  await eventually(async () => expect(await inbox.read()).toMatchObject({ unseen: 0, unread: 3 }))
  expect(sockets()).toBe(opened)
})

test('what other devices do is seen here', async () => {
  const inbox = await anInbox()
  await inbox.send('one', 'two')
  const [here, there] = [await open(inbox), await open(inbox)]
  for (const { connect, rings } of [here, there]) {
    await connect()
    await rings('Notifications: 2 new notifications')
  }
  await here.bell.click()
  await here.rings('Notifications')
  await there.rings('Notifications')
  await there.bell.click()
  await there.shows('Unread: two', 'Unread: one')
  await here.list.getByRole('button', { name: 'Archive “two”' }).click()
  await here.shows('Unread: one')
  await there.shows('Unread: one')
})

test('archiving takes an item away, and the focus goes on to the next', async () => {
  const inbox = await anInbox()
  await inbox.send('one', 'two', 'three')
  const { page, bell, list, connect, rings, shows } = await open(inbox)
  await connect()
  await rings('Notifications: 3 new notifications')
  await bell.click()
  await shows('Unread: three', 'Unread: two', 'Unread: one')
  const archive = async (title: string) => {
    await list.getByRole('button', { name: `Archive “${title}”` }).focus()
    await page.keyboard.press('Enter')
  }
  await archive('two')
  await shows('Unread: three', 'Unread: one')
  expect(await focused(page)).toBe('Unread: one')
  await archive('one')
  await shows('Unread: three')
  expect(await focused(page)).toBe('Unread: three')
  await archive('three')
  await page.getByText('Nothing here yet.').waitFor()
  expect(await focused(page)).toBe('Notifications')
  await eventually(async () => expect(await inbox.read()).toMatchObject({ items: [], unseen: 0, unread: 0 }))
})

test('a lost connection is told and comes back, and what was missed is there', async () => {
  const inbox = await anInbox()
  await inbox.send('one')
  const { page, bell, connect, rings, shows, sockets, goOffline, goOnline } = await open(inbox)
  await connect()
  await rings('Notifications: 1 new notification')
  await eventually(async () => expect(sockets()).toBe(1))

  await goOffline()
  await inbox.send('two', 'three')
  await inbox.mark({ ids: [(await inbox.read()).items.at(-1)?.id ?? ''], as: 'archived' })
  await bell.click()
  await page.getByText('Notifications can’t be loaded now.').waitFor()
  await shows('Unread: one')

  await goOnline()
  await shows('Unread: three', 'Unread: two')
  await rings('Notifications')
  await eventually(async () => expect(await inbox.read()).toMatchObject({ unseen: 0, unread: 2 }))
  await page.getByText('can’t be loaded').waitFor({ state: 'hidden' })
  await inbox.send('four')
  await shows('Unread: four', 'Unread: three', 'Unread: two')
  await eventually(async () => expect(sockets()).toBeGreaterThanOrEqual(2))
})

test('all of it can be done with the keyboard', async () => {
  const inbox = await anInbox()
  await inbox.send('one')
  const { page, bell, connect, rings, shows } = await open(inbox)
  await connect()
  await rings('Notifications: 1 new notification')
  expect(await bell.getAttribute('aria-expanded')).toBe('false')
  await bell.focus()
  await page.keyboard.press('Enter')
  await shows('Unread: one')
  expect([await bell.getAttribute('aria-expanded'), await focused(page)]).toEqual(['true', 'Notifications'])
  for (const name of ['Mark all as read', 'Unread: one']) {
    await page.keyboard.press('Tab')
    expect(await focused(page)).toBe(name)
  }
  await page.keyboard.press('Enter')
  await shows('one')
  await page.keyboard.press('Tab')
  expect(await focused(page)).toBe('Archive “one”')
  await page.keyboard.press('Escape')
  expect([await bell.getAttribute('aria-expanded'), await focused(page)]).toEqual(['false', 'Notifications'])
})

test('older items come when they are asked for, and the focus moves to the first of them', async () => {
  const inbox = await anInbox()
  const titles = Array.from({ length: 30 }, (_, index) => `n${index}`)
  await inbox.send(...titles)
  const { page, bell, list, titles: shown, connect, rings } = await open(inbox)
  await connect()
  await rings('Notifications: 30 new notifications')
  await bell.click()
  await eventually(async () => expect(await shown()).toHaveLength(25))
  await rings('Notifications: 5 new notifications')
  await list.getByRole('button', { name: 'Show older' }).click()
  await eventually(async () => expect(await shown()).toEqual([...titles].reverse().map((title) => `Unread: ${title}`)))
  expect(await focused(page)).toBe('Unread: n4')
  await rings('Notifications')
  expect(await list.getByRole('button', { name: 'Show older' }).isVisible()).toBe(false)
})

test('texts are shown as texts, and only web pages are linked', async () => {
  const inbox = await anInbox()
  const html = '<img src=x onerror="document.title=\'hacked\'">'
  for (const [index, url] of ['javascript:alert(1)', 'https://example.com/a?b=c'].entries()) {
    const template = { channels: { inapp: { title: '{{title}}', body: '{{body}}', url } } }
    answered(201, await inbox.sender.call(`PUT /v1/templates/t${index}`, template))
    const body = { to: { userId: 'ann' }, category: 'orders', template: `t${index}`, data: { title: html, body: html } }
    const sent = answered(202, await inbox.sender.call('POST /v1/notifications', body))
    await inbox.sender.until(sent.json.id, 'delivered')
  }
  const { page, bell, list, connect, rings, shows, complaints } = await open(inbox)
  await connect()
  await rings('Notifications: 2 new notifications')
  await bell.click()
  await shows(`Unread: ${html}`, `Unread: ${html}`)
  const links = await list.getByRole('link').evaluateAll((all) => all.map((link) => link.getAttribute('href')))
  expect(links).toEqual(['https://example.com/a?b=c'])
  expect(await list.locator('img').count()).toBe(0)
  expect(await page.title()).not.toBe('hacked')
  expect(complaints).toEqual([])
})

test('components that show the same inbox share one connection and one state', async () => {
  const inbox = await anInbox()
  await inbox.send('one')
  const { page, bell, connect, sockets } = await open(inbox)
  await connect()
  await page.locator('stackyard-inbox').evaluate((first) => {
    const second = first.cloneNode()
    Reflect.set(second, 'getToken', Reflect.get(first, 'getToken'))
    first.ownerDocument.querySelector('main').append(second)
  })
  const both = page.getByRole('button', { name: 'Notifications: 1 new notification', exact: true })
  await eventually(async () => expect(await both.count()).toBe(2))
  await bell.first().click()
  await eventually(async () => expect(await both.count()).toBe(0))
  await eventually(async () => expect(sockets()).toBe(1))
  await page.keyboard.press('Escape')
  await inbox.send('two')
  await eventually(async () => expect(await both.count()).toBe(2))
  expect(sockets()).toBe(1)
})

test('a wrong token is told, and nothing of it is in the page', async () => {
  const { page, bell, list, connect } = await open(await anInbox())
  await connect('no-token-at-all')
  await bell.click()
  await list.getByRole('alert').getByText('can’t be loaded').waitFor()
  await list.getByRole('button', { name: 'Try again' }).waitFor()
  expect(await page.locator('stackyard-inbox').evaluate((inbox) => inbox.outerHTML)).not.toContain('no-token-at-all')
})

describe.each([
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
  ['narrow', { colorScheme: 'light', ...NARROW }],
  ['narrow, dark', { colorScheme: 'dark', ...NARROW }],
] as const)('the page, %s,', (_, options) => {
  test('has no problem of accessibility, and fits its window', async () => {
    const inbox = await anInbox()
    await inbox.send('Your parcel is on its way', 'Wide'.repeat(60), 'Bob answered')
    const { page, bell, list, connect, rings, shows, complaints } = await open(inbox, options)
    await check(page)
    await connect()
    await rings('Notifications: 3 new notifications')
    await check(page)
    await bell.click()
    await shows('Unread: Bob answered', `Unread: ${'Wide'.repeat(60)}`, 'Unread: Your parcel is on its way')
    await list.getByRole('button', { name: 'Unread: Bob answered' }).click()
    await shows('Bob answered', `Unread: ${'Wide'.repeat(60)}`, 'Unread: Your parcel is on its way')
    await check(page)
    const box = await list.boundingBox()
    const { width = 0, height = 0 } = page.viewportSize() ?? {}
    expect(box?.x).toBeGreaterThanOrEqual(0)
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(width)
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(height)
    expect(complaints).toEqual([])
  })
})

/** Returns the name or the text of what has the focus. */
function focused(page: Page): Promise<string> {
  return page.locator('stackyard-inbox').evaluate((inbox) => {
    const active = inbox.shadowRoot?.activeElement
    return active?.getAttribute('aria-label') ?? active?.textContent ?? ''
  })
}

/** Checks what the page shows now. */
async function check(page: Page): Promise<void> {
  expect(await axeViolations(page)).toEqual([])
  const { language, headings, landmarks } = await outline(page)
  expect([language, headings, landmarks]).toEqual(['en', ['Inbox'], 1])
  expect(await overflow(page)).toBe(0)
  for (const field of await page.locator('input:visible').all()) {
    expect(contrast(...(await borderColours(field)))).toBeGreaterThanOrEqual(3)
  }
}
