#!/usr/bin/env node
import { main } from './main.ts'
import { nodeIo } from './node.ts'

main(process.argv.slice(2), nodeIo()).then(status => {
  process.exitCode = status
})
