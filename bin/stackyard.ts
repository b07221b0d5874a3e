import { bundleFunctions } from '../lib/shared/function-bundles.ts'
import { createApp } from './app.ts'

await bundleFunctions()
createApp()
