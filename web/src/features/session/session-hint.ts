const KEY = 'onsale.session';

/** A sign-out that the server has not confirmed: whoever comes next finishes it. */
export const ENDING = 'ending';

/**
 * What all tabs know of the session and no secret: the id of who is signed in, `ENDING`, or `null`. It spares people who never signed
 * in a request that is refused, and tells the other tabs of sign-ins and sign-outs. Where storage is forbidden, this tab knows it alone.
 */
export type SessionHint = {
  read: () => string | null;
  write: (value: string | null) => void;
  /** Called when another tab wrote. */
  onChange: (listener: (value: string | null) => void) => void;
};

export function browserHint(): SessionHint {
  let own: string | null = null;
  return {
    read() {
      try {
        return localStorage.getItem(KEY);
      } catch {
        return own;
      }
    },
    write(value) {
      own = value;
      try {
        if (value === null) localStorage.removeItem(KEY);
        else localStorage.setItem(KEY, value);
      } catch {
        // Storage is forbidden.
      }
    },
    onChange(listener) {
      window.addEventListener('storage', (event) => {
        // A key of null: everything was cleared.
        if (event.key === KEY || event.key === null) listener(event.newValue);
      });
    },
  };
}
