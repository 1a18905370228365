import manifest from '../package.json' with { type: 'json' };

/** Of this hsctl, as the package says it. */
export const version: string = manifest.version;
