import { App, Tags, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { Identity } from '../lib/identity/stack.ts'
import { bundleFunctions } from '../lib/shared/function-bundles.ts'
import { parseSettings } from '../lib/shared/settings.ts'
import { UrlShortener } from '../lib/url-shortener/stack.ts'

await bundleFunctions()

const app = new App()
const settings = parseSettings(app.node)
Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
Tags.of(app).add('app', 'stackyard')
Tags.of(app).add('stage', settings.stage)

const issuer = settings.issuer ?? new Identity(app, 'Identity', { settings }).issuer
new UrlShortener(app, 'UrlShortener', { settings, issuer })
