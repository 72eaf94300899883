// npm run bench: measures starting; with --growth, --ratios or --beside what their files say.
if (process.argv.includes('--growth')) await import('./growth.ts')
else if (process.argv.includes('--ratios')) await import('./ratios.ts')
else if (process.argv.includes('--beside')) await import('./compare.ts')
else await import('./start.ts')
