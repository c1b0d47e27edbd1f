/** The one origin whose pages are ours. */
export const appScheme = 'app';
export const appHost = 'vitrine';
export const appOrigin = `${appScheme}://${appHost}`;
export const appAddress = `${appOrigin}/`;
