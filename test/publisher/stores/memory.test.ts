import { memoryStore } from '../../../src/publisher/stores/memory.ts'
import { storeContract } from './contract.ts'

storeContract('memory', async () => memoryStore())
