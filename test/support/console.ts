import type { Page } from 'playwright-core'
import { pageBundler } from '../../tools/console/bundle.ts'
import { localServices, localState } from '../../tools/console/local-services.ts'
import { createConsoleServer, hostOf } from '../../tools/console/server.ts'
import { localCloud } from '../../tools/support/settings.ts'
import { type TestPage, useBrowser } from './browser.ts'

const SECRET = 'a-secret-of-the-tests'

/** Serves the console of the local cloud to the tests of a file, in this process. */
export function useConsole(): (
  page: string,
  options?: Parameters<ReturnType<typeof useBrowser>['open']>[0],
) => Promise<TestPage> {
  const cloud = localCloud()
  const browser = useBrowser()
  const local = localServices(cloud)
  const server = createConsoleServer({
    secret: SECRET,
    page: pageBundler(),
    state: () => localState(cloud),
    local: async () => local,
  })
  beforeAll(() => new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve)))
  afterAll(async () => {
    server.close()
    server.closeAllConnections()
    await local.live.close()
  })
  return async (page, options) => {
    const opened = await browser.open(options)
    await visit(opened.page, page)
    return opened
  }

  async function visit(page: Page, name: string): Promise<void> {
    await page.goto(`http://${hostOf(server)}/?secret=${SECRET}`)
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name, exact: true }).click()
    await page.getByRole('heading', { level: 1, name, exact: true }).waitFor()
  }
}
