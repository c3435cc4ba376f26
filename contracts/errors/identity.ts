import type { ErrorTable } from './error-table.ts';

export const IDENTITY_ERRORS = {
  UNAUTHENTICATED: {
    status: 401,
    title: 'Sign in first',
    when: 'There is no access token, or it is not valid here.',
    whatToDo: 'Sign in and send `Authorization: Bearer …`.',
  },
  TOKEN_EXPIRED: {
    status: 401,
    title: 'The access token has expired',
    when: 'The access token was valid and has expired.',
    whatToDo: 'Get a new one with the refresh token, or sign in again.',
  },
  INVALID_CREDENTIALS: {
    status: 401,
    title: 'Wrong name or password',
    when: 'No account has this name and password.',
    whatToDo: 'Ask the person again. Which of the two was wrong is not told.',
  },
  REFRESH_TOKEN_INVALID: {
    status: 401,
    title: 'The session is over',
    when: 'The refresh token is unknown, its session has ended or expired, or it was used before: then the session ends now.',
    whatToDo: 'Ask the person to sign in again.',
  },
  FORBIDDEN: {
    status: 403,
    title: 'You may not do this',
    when: 'The account lacks the role, or the thing belongs to another organizer.',
    whatToDo: 'Use an account that may.',
  },
  ACCOUNT_BLOCKED: {
    status: 403,
    title: 'This account is blocked',
    when: 'The account was blocked or is inactive.',
    whatToDo: 'Ask the operator.',
  },
  MAIL_TOKEN_INVALID: {
    status: 422,
    title: 'The link from the e-mail is not good any more',
    when: 'The token from an e-mail was used, has expired, or was sent to an address that the account no longer has.',
    whatToDo: 'Ask for another e-mail.',
  },
  USERNAME_TAKEN: {
    status: 409,
    title: 'This username is taken',
    when: 'Another account has this username, whatever the case of its letters.',
    whatToDo: 'Choose another.',
  },
  EMAIL_TAKEN: {
    status: 409,
    title: 'This e-mail address is taken',
    when: 'Another account has this e-mail address.',
    whatToDo: 'Sign in, or use another address.',
  },
} as const satisfies ErrorTable;
