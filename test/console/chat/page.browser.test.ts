import type { Page } from 'playwright-core'
import { checkConsolePage } from '../../support/check-page.ts'
import { useConsole } from '../../support/console.ts'
import { eventually } from '../../support/eventually.ts'
import { LOOKS } from '../looks.ts'

const open = useConsole()

test('what two people write while one is cut off has one order, without a gap, and is stored once', async () => {
  const { page, complaints } = await open('Chat')
  await begin(page)
  await say(page, 'Ann', 'Hello')
  await shows(page, 'Bob', ['1 ann: Hello'])

  await page.getByRole('switch', { name: 'Bob is connected' }).uncheck()
  await say(page, 'Bob', 'Are you there?')
  await person(page, 'Bob').getByText('Are you there? (waiting)').waitFor()
  await say(page, 'Ann', 'two')
  await say(page, 'Ann', 'three')
  await shows(page, 'Ann', ['1 ann: Hello', '2 ann: two', '3 ann: three'])

  await page.getByRole('switch', { name: 'Bob is connected' }).check()
  const all = ['1 ann: Hello', '2 ann: two', '3 ann: three', '4 bob: Are you there?']
  await shows(page, 'Bob', all)
  await shows(page, 'Ann', all)
  await person(page, 'Bob').getByText('asks for everything after 1').waitFor()
  expect(complaints).toEqual([])
})

test('a gap is seen and closed when messages are lost on the way', async () => {
  const { page } = await open('Chat')
  await begin(page)
  await say(page, 'Ann', 'one')
  await shows(page, 'Bob', ['1 ann: one'])
  await page.getByRole('switch', { name: 'Lose what comes to Bob' }).check()
  await say(page, 'Ann', 'two')
  await person(page, 'Bob').getByText('number 2 lost on the way').waitFor()
  await page.getByRole('switch', { name: 'Lose what comes to Bob' }).uncheck()
  await say(page, 'Ann', 'three')
  await person(page, 'Bob').getByText('asks for everything after 1').waitFor()
  await shows(page, 'Bob', ['1 ann: one', '2 ann: two', '3 ann: three'])
})

describe.each(LOOKS)('the page, %s,', (_, options) => {
  test('has no problem of accessibility, and fits its window', async () => {
    const { page, complaints } = await open('Chat', options)
    await checkConsolePage(page, 'Chat')
    await begin(page)
    await say(page, 'Ann', 'Wide'.repeat(50))
    await shows(page, 'Bob', [`1 ann: ${'Wide'.repeat(50)}`])
    await page.getByRole('switch', { name: 'Bob is connected' }).uncheck()
    await person(page, 'Bob').getByText('offline', { exact: true }).waitFor()
    await checkConsolePage(page, 'Chat')
    expect(complaints).toEqual([])
  })
})

async function begin(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Let Ann and Bob chat' }).click()
  for (const name of ['Ann', 'Bob']) await person(page, name).getByText('online', { exact: true }).first().waitFor()
}

function person(page: Page, name: string) {
  return page.getByRole('region', { name, exact: true })
}

async function say(page: Page, name: string, text: string): Promise<void> {
  await page.getByLabel(`Message of ${name}`).fill(text)
  await page.keyboard.press('Enter')
}

function shows(page: Page, name: string, expected: readonly string[]) {
  const items = page.getByRole('list', { name: `Messages that ${name} sees` }).getByRole('listitem')
  return eventually(async () => {
    const texts = await items.evaluateAll((all) =>
      all.map((item) => [...item.children].map((part) => part.textContent.trim()).join(' ')),
    )
    expect(texts).toEqual(expected)
  })
}
