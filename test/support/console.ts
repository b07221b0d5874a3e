import type { BrowserContextOptions } from 'playwright-core'
import { useConsole } from '../tools/console/console-world.ts'
import { type TestPage, useBrowser } from './browser.ts'

/** Opens pages of the console, by their titles, in the tests of a file. */
export function useConsolePages(): (title: string, options?: BrowserContextOptions) => Promise<TestPage> {
  const browser = useBrowser()
  const { url } = useConsole()
  return async (title, options) => {
    const opened = await browser.open(options)
    const { page } = opened
    await page.goto(url())
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: title, exact: true }).click()
    await page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor()
    return opened
  }
}
