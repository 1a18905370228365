import fc from 'fast-check';

/** A hundred cases each are quick; `HSCTL_LONG=1` tries many more. */
fc.configureGlobal({ numRuns: process.env.HSCTL_LONG === undefined ? 100 : 10_000 });

export { fc };
