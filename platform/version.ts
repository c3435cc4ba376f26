import description from '../package.json' with { type: 'json' };

/** Of the whole program: its services are released together. */
export const VERSION: string = description.version;
