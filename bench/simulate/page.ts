import { wireRequest } from '../load/wire.ts';
import { asStatuses, parsed } from './answers.ts';
import { askPatiently, type Asker } from './persist.ts';

/** The page of an event, as buyers have it open. */
export type Page = {
  /** One letter a seat, read anew; null when it could not be read. */
  look(asker: Asker): Promise<string | null>;
};

/**
 * Every look asks the system and reads the whole answer, as a browser that just opened the page does. What two buyers were sent in
 * the same version is taken apart once: that is work of the buyers' machines, and here they share one.
 */
export function openPage(eventId: string): Page {
  let seen: { etag: string; statuses: string } | null = null;
  return {
    async look(asker) {
      const { tally, token, host } = asker;
      const sentMs = performance.now();
      const reply = await askPatiently(asker, wireRequest({ path: `/v1/seats/status?eventId=${eventId}`, token }, host));
      if (reply?.status !== 200) return null;
      tally.took('look', performance.now() - sentMs);
      if (seen !== null && reply.etag === seen.etag) return seen.statuses;
      const statuses = asStatuses(parsed(reply.text))?.statuses ?? null;
      if (statuses !== null && reply.etag !== undefined) seen = { etag: reply.etag, statuses };
      return statuses;
    },
  };
}
