import { formatMoneyShort } from '../../shared/format/money.ts';
import type { PriceBand } from './model/bands.ts';

const FILLS = ['', 'bg-band-1', 'bg-band-2', 'bg-band-3', 'bg-band-4', 'bg-band-5'];

function price(band: PriceBand, currency: string): string {
  const from = formatMoneyShort(band.fromCents, currency);
  return band.fromCents === band.toCents ? from : `${from}–${formatMoneyShort(band.toCents, currency)}`;
}

/** What the dots of the map mean: prices, and who has a seat. */
export function Legend({ bands, currency }: { bands: PriceBand[]; currency: string }) {
  return (
    <ul className="flex flex-wrap items-center gap-x-4 gap-y-1 text-xs" aria-label="What the map shows">
      {bands.map((band) => (
        <li key={band.band} className="flex items-center gap-1.5">
          <span aria-hidden="true" className={`relative size-3.5 rounded-full ${FILLS[band.band]}`}>
            {(band.band === 2 || band.band === 4) && <span className="absolute inset-[2px] rounded-full border border-raised" />}
          </span>
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
    </ul>
  );
}
