import { formatMoneyShort } from '../../shared/format/money.ts';
import type { PriceBand } from './model/bands.ts';

const FILLS = ['', 'bg-band-1', 'bg-band-2', 'bg-band-3', 'bg-band-4', 'bg-band-5'];
const BORDERS: Record<number, string> = { 2: 'border-band-2', 4: 'border-band-4' };

function price(band: PriceBand, currency: string): string {
  const from = formatMoneyShort(band.fromCents, currency);
  return band.fromCents === band.toCents ? from : `${from}–${formatMoneyShort(band.toCents, currency)}`;
}

/** What the dots of the map mean: prices, and who has a seat. */
export function Legend({ bands, currency, hasSections }: { bands: PriceBand[]; currency: string; hasSections: boolean }) {
  return (
    <ul
      className="-mx-4 flex items-center gap-x-4 gap-y-1 overflow-x-auto px-4 pb-1 text-xs whitespace-nowrap max-xl:w-[calc(100%+2rem)] sm:-mx-6 sm:px-6 sm:max-xl:w-[calc(100%+3rem)] xl:m-0 xl:min-w-0 xl:flex-1 xl:p-0"
      aria-label="What the map shows"
    >
      {bands.map((band) => (
        <li key={band.band} className="flex items-center gap-1.5">
          {band.band === 2 || band.band === 4 ? (
            <span aria-hidden="true" className={`grid size-3.5 place-items-center rounded-full border ${BORDERS[band.band]}`}>
              <span className={`size-2 rounded-full ${FILLS[band.band]}`} />
            </span>
          ) : (
            <span aria-hidden="true" className={`size-3.5 rounded-full ${FILLS[band.band]}`} />
          )}
          <span className="tabular">{price(band, currency)}</span>
        </li>
      ))}
      <li className="flex items-center gap-1.5 text-faded">
        <span aria-hidden="true" className="size-3.5 rounded-full border border-rule" /> taken
      </li>
      <li className="flex items-center gap-1.5 text-faded">
        <span aria-hidden="true" className="grid size-3.5 place-items-center rounded-full border border-faded">
          <span className="size-1 rounded-full bg-faded" />
        </span>
        held by someone
      </li>
      {hasSections && (
        <li className="flex items-center gap-1.5 text-faded">
          <span
            aria-hidden="true"
            className="flex h-3.5 w-4 flex-col justify-end overflow-hidden rounded-[2px] border border-band-3"
          >
            <span className="h-1/2 bg-band-3" />
          </span>
          still free
        </li>
      )}
    </ul>
  );
}
