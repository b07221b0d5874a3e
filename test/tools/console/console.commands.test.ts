import { readFileSync } from 'node:fs'
import { isAlive } from '../../../tools/support/processes.ts'
import { freePort } from '../../../tools/test/free-port.ts'
import { useBrowser } from '../../support/browser.ts'
import { Checkout } from '../../support/checkout.ts'
import { eventually } from '../../support/eventually.ts'
import { call } from '../../support/http.ts'

/** A user's session, in order: each test continues where the previous one stopped. */
describe('the console of npm start', () => {
  const browser = useBrowser()
  const checkout = new Checkout()
  const env: NodeJS.ProcessEnv = {}
  let url = ''

  beforeAll(async () => {
    env.STACKYARD_PORT = String(await freePort())
  })
  afterAll(async () => {
    await checkout.run(['down'], env)
    checkout.remove()
  })

  const read = (file: string) => JSON.parse(readFileSync(checkout.path(`.local/${env.STACKYARD_PORT}/${file}`), 'utf8'))
  const visit = () => call(`${read('outputs.json').stacks.UrlShortener.apiUrl}/no-such-link`)

  test('its URL is the first line, and opens before the local cloud is there', async () => {
    const started = checkout.start(['start', 'UrlShortener'], env)
    const [first = ''] = (await started.printed('\n')).split('\n')
    url = first.replace('Console  ', '')
    const { page } = await browser.open({ locale: 'en-US' })
    await page.goto(url)
    await page.locator('main h1', { hasText: 'Overview' }).waitFor()
    const { code, stdout } = await started.result
    expect([code, stdout.split('\n')[0]]).toEqual([0, `Console  ${url}`])
    await page.getByText('healthy', { exact: true }).waitFor()
  })

  test('a fault that is switched on in the page breaks the function, and one button puts everything back', async () => {
    expect((await visit()).status).toBe(404)
    const { page } = await browser.open({ locale: 'en-US' })
    await page.goto(url)
    await page.getByRole('link', { name: 'Faults' }).click()
    await page.getByLabel('Function').selectOption({ label: 'UrlShortener/Redirect' })
    await page.getByLabel('Operation').selectOption('dynamodb.GetItem')
    await page.getByLabel('What happens').selectOption({ label: 'throttled' })
    await page.getByLabel('How often').fill('100')
    await page.getByRole('button', { name: 'Switch on' }).click()
    await page.getByRole('cell', { name: '100 % of dynamodb.GetItem: throttled' }).waitFor()
    await eventually(async () => expect((await visit()).status).toBe(503))
    await page.getByText('dynamodb injected').first().waitFor()
    await page.getByText('dynamodb gave-up').first().waitFor()

    await page.getByRole('button', { name: 'Put everything back' }).click()
    await page.getByText('All faults are off: 1 function restored.').waitFor()
    await eventually(async () => expect((await visit()).status).toBe(404))
  })

  test('a second start keeps the console and its URL', async () => {
    const { process: before } = read('console.json')
    const { stdout } = await checkout.run(['up', 'UrlShortener'], env)
    expect([stdout.split('\n')[0], read('console.json').process]).toEqual([`Console  ${url}`, before])
    expect((await checkout.run(['console'], env)).stdout).toBe(`${url}\n`)
  })

  test('down ends it by its process id; its secret, and with it the URL, stay', async () => {
    const { pid } = read('console.json').process
    await checkout.run(['down'], env)
    expect(isAlive(pid)).toBe(false)
    await expect(fetch(url)).rejects.toThrow()
    expect((await checkout.run(['console'], env)).stdout).toBe(`${url}\n`)
  })

  test('a deployment on AWS needs its stack and its URL', async () => {
    const { code, stderr } = await checkout.run(['console', '--', '--url', 'https://example.com'], env)
    expect([code, stderr]).toEqual([1, expect.stringContaining('Name a stack and its URL')])
  })

  test('an API’s URL opens the same page without what only a local cloud can show', async () => {
    const serving = checkout.start(['console', 'UrlShortener', '--url', 'http://127.0.0.1:1'], env)
    const printed = await serving.printed('Paste an access token')
    const { page } = await browser.open({ locale: 'en-US' })
    await page.goto(printed.split('\n')[0] ?? '')
    await page.getByText('Deployment on AWS').waitFor()
    await page.getByLabel('Access token').waitFor()
    const titles = await page.locator('nav a').allTextContents()
    expect(titles).toEqual(['Overview', 'Guarantees', 'Links'])
    serving.kill('SIGTERM')
    await serving.result
  })
})
