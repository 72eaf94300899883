// Compares inpod with what Node itself takes for the same bytes: npm run bench -- --ratios [--keep]
//   --keep   writes what is measured into ratios/kept.json; without it, exit code 1 when a ratio is worse by a quarter than what is kept
import { countRatios, keepRatios } from './ratios/check.ts'

if (process.argv.includes('--keep')) await keepRatios()
else if ((await countRatios()).failed > 0) process.exitCode = 1
