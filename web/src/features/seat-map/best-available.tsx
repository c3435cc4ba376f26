import { type FormEvent, useState } from 'react';
import { formatMoneyShort } from '../../shared/format/money.ts';
import { Button } from '../../shared/ui/button.tsx';
import type { PriceBand } from './model/bands.ts';

export type BestWish = { quantity: number; maxPriceCents?: number };

const selectClass = 'min-h-11 rounded-[3px] border border-faded/60 bg-raised px-2 text-base';

/** "Best 2 together up to $…": the server picks and holds them at once. */
export function BestAvailable({
  bands,
  currency,
  limit,
  busy,
  onWish,
}: {
  bands: PriceBand[];
  currency: string;
  limit: number;
  busy: boolean;
  onWish: (wish: BestWish) => void;
}) {
  const [quantity, setQuantity] = useState(Math.min(2, limit));
  const [most, setMost] = useState('');
  function submit(event: FormEvent): void {
    event.preventDefault();
    onWish({ quantity, ...(most !== '' && { maxPriceCents: Number(most) }) });
  }
  return (
    <form onSubmit={submit} className="flex flex-wrap items-center gap-2 text-sm">
      <label className="flex items-center gap-2">
        Best
        <select
          className={`${selectClass} tabular`}
          value={quantity}
          onChange={(event) => setQuantity(Number(event.target.value))}
          aria-label="How many seats together"
        >
          {Array.from({ length: Math.min(limit, 10) }, (_, i) => (
            <option key={i + 1}>{i + 1}</option>
          ))}
        </select>
      </label>
      <label className="flex items-center gap-2">
        together
        <select
          className={`${selectClass} tabular`}
          value={most}
          onChange={(event) => setMost(event.target.value)}
          aria-label="Highest price of a seat"
        >
          <option value="">any price</option>
          {bands.slice(0, -1).map((band) => (
            <option key={band.band} value={band.toCents}>
              up to {formatMoneyShort(band.toCents, currency)}
            </option>
          ))}
        </select>
      </label>
      <Button type="submit" busy={busy}>
        Hold them
      </Button>
    </form>
  );
}
