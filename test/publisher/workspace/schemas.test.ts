import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, it } from 'vitest'
import { SCHEMAS } from '../../../src/publisher/schemas/index.ts'

it.each(Object.entries(SCHEMAS))('the schema of %s is one of draft 2020-12', (_, schema) => {
  const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, allowUnionTypes: true })
  expect(ajv.validateSchema(schema), ajv.errorsText()).toBe(true)
})
