import type { Page } from 'playwright-core'
import { useConsolePages } from '../../support/console.ts'
import { eventually } from '../../support/eventually.ts'
import { checkConsolePage } from '../check-page.ts'
import { LOOKS } from '../looks.ts'

const open = useConsolePages()

// Number 1 of a room is its own beginning.

test('what two people write while one is cut off has one order, without a gap, and is stored once', async () => {
  const { page, complaints } = await open('Chat')
  await begin(page)
  await say(page, 'Ann', 'Hello')
  await shows(page, 'Bob', ['2 ann: Hello'])

  await page.getByRole('switch', { name: 'Bob is connected' }).uncheck()
  await say(page, 'Bob', 'Are you there?')
  await person(page, 'Bob').getByText('Are you there? (waiting)').waitFor()
  await say(page, 'Ann', 'two')
  await say(page, 'Ann', 'three')
  await shows(page, 'Ann', ['2 ann: Hello', '3 ann: two', '4 ann: three'])

  await page.getByRole('switch', { name: 'Bob is connected' }).check()
  const all = ['2 ann: Hello', '3 ann: two', '4 ann: three', '5 bob: Are you there?']
  await shows(page, 'Bob', all)
  await shows(page, 'Ann', all)
  await logs(page, 'Bob', 'asks for everything after 2')
  expect(complaints).toEqual([])
})

test('a gap is seen and closed when messages are lost on the way', async () => {
  const { page } = await open('Chat')
  await begin(page)
  await say(page, 'Ann', 'one')
  await shows(page, 'Bob', ['2 ann: one'])
  await page.getByRole('switch', { name: 'Lose what comes to Bob' }).check()
  await say(page, 'Ann', 'two')
  await logs(page, 'Bob', 'number 3 lost on the way')
  await page.getByRole('switch', { name: 'Lose what comes to Bob' }).uncheck()
  await say(page, 'Ann', 'three')
  await logs(page, 'Bob', 'asks for everything after 2')
  await shows(page, 'Bob', ['2 ann: one', '3 ann: two', '4 ann: three'])
})

test('a message whose answer is lost is sent again, and stored once', async () => {
  const { page } = await open('Chat')
  await begin(page)
  const lose = page.getByRole('switch', { name: 'Lose what comes to Ann' })
  await lose.check()
  await say(page, 'Ann', 'one')
  await logs(page, 'Ann', 'the answer that number 2 is stored lost on the way')
  await logs(page, 'Ann', /^number 2 lost on the way$/)
  await lose.uncheck()
  await logs(page, 'Ann', /sends message \w+ again \(2 times now\)/)
  await logs(page, 'Ann', 'stored as 2: it was stored before, and only once')
  await say(page, 'Bob', 'two')
  for (const name of ['Ann', 'Bob']) await shows(page, name, ['2 ann: one', '3 bob: two'])
})

describe.each(LOOKS)('the page, %s,', (_, options) => {
  test('has no problem of accessibility, and fits its window', async () => {
    const { page, complaints } = await open('Chat', options)
    await checkConsolePage(page, 'Chat')
    await begin(page)
    await say(page, 'Ann', 'Wide'.repeat(50))
    await shows(page, 'Bob', [`2 ann: ${'Wide'.repeat(50)}`])
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

/** Waits for a line in the log of a person; a message that is sent again may log it twice. */
function logs(page: Page, name: string, line: string | RegExp): Promise<void> {
  return person(page, name).getByText(line).first().waitFor()
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
