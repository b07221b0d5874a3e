#!/usr/bin/env node
// The entry point of every command (`npm start`, `npm test`, …). It is plain JavaScript and runs on whatever Node is on
// the PATH: it installs the packages if necessary, then hands over to the Node 24 among them.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
const NODE = join(ROOT, 'node_modules', 'node', 'bin', 'node')
const MIN_NODE = 20
const PARENT = process.ppid
/** Commands that install missing packages; the others ask the user to do so. */
const INSTALLING = ['start', 'test']

function main(argv) {
  const major = Number(process.versions.node.split('.')[0])
  if (major < MIN_NODE) {
    return fail(
      `Node ${MIN_NODE} or newer is required to install the packages, and this is ${process.version}: get it from https://nodejs.org.`,
    )
  }
  if (process.platform === 'win32') {
    return fail('Windows is only supported with WSL: run this there (https://learn.microsoft.com/windows/wsl/install).')
  }
  const command = argv[0] ?? ''
  if (!isInstalled()) {
    if (!INSTALLING.includes(command)) return fail('The packages are not installed: run "npm start" or "npm ci" first.')
    const status = install()
    if (status !== 0) return status
  }
  const { status, error } = spawnSync(NODE, ['--version'], { encoding: 'utf8' })
  if (error || status !== 0) {
    return fail(
      'The package "node" contains no Node, because its install script did not run: run "npm ci --ignore-scripts=false".',
    )
  }
  return handOver(argv)
}

/** Checks whether node_modules matches the lockfile, except packages for other platforms. */
function isInstalled() {
  const wanted = readLock(join(ROOT, 'package-lock.json'))
  const present = readLock(join(ROOT, 'node_modules', '.package-lock.json'))
  return Object.entries(wanted).every(
    ([path, { version, optional }]) => path === '' || optional || present[path]?.version === version,
  )
}

function readLock(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : {}
}

function install() {
  console.log('› Installing the packages (npm ci): about a minute the first time')
  const npm = process.env.npm_execpath
  const [program, args] = npm ? [process.execPath, [npm]] : ['npm', []]
  const { status } = spawnSync(program, [...args, 'ci', '--no-audit', '--no-fund'], { cwd: ROOT, stdio: 'inherit' })
  if (status !== 0) return fail('The packages could not be installed: see the output of npm above.')
  return 0
}

/** Forwards signals, and waits until the other process has cleaned up. Also ends when its parent (npm) is killed. */
function handOver(argv) {
  const child = spawn(NODE, [join(ROOT, 'tools', 'main.ts'), ...argv], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  const watch = setInterval(() => {
    if (process.ppid === PARENT) return
    clearInterval(watch)
    child.kill('SIGTERM')
  }, 500).unref()
  return new Promise((resolve) => child.on('close', (status) => resolve(status ?? 1)))
}

function fail(sentence) {
  console.error(`✖ ${sentence}`)
  return 1
}

process.exitCode = await main(process.argv.slice(2))
