import { type FormEvent, useState } from 'react';
import type { SeatLayout } from './model/layout.ts';

/** The first seat that a text like "VIP A 12" or "214 C" names; -1 for none. */
export function findSeat(layout: SeatLayout, text: string): number {
  const wanted = text
    .trim()
    .toLowerCase()
    .replace(/[\s·,-]+/g, ' ');
  if (wanted === '') return -1;
  const plain = (name: string): string => name.toLowerCase().replace(/[\s·,-]+/g, ' ');
  for (const row of layout.rows) {
    const section = plain(layout.sections[row.section]?.name ?? '');
    const full = `${section} ${plain(row.name)}`;
    if (section === wanted || full === wanted) return row.seats[0] ?? -1;
    if (!wanted.startsWith(`${full} `)) continue;
    const number = Number(wanted.slice(full.length + 1));
    const seat = row.seats.find((candidate) => layout.number[candidate] === number);
    if (seat !== undefined) return seat;
  }
  return -1;
}

export function JumpField({
  layout,
  inputRef,
  onJump,
}: {
  layout: SeatLayout;
  inputRef: React.RefObject<HTMLInputElement | null>;
  onJump: (seat: number) => void;
}) {
  const [isMissing, setMissing] = useState(false);
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const seat = findSeat(layout, inputRef.current?.value ?? '');
    setMissing(seat < 0);
    if (seat >= 0) onJump(seat);
  }
  return (
    <form onSubmit={submit} className="flex items-center gap-2">
      <input
        ref={inputRef}
        aria-label="Go to section, row, seat"
        aria-invalid={isMissing}
        placeholder="Go to: section row seat"
        className="tabular min-h-9 w-52 rounded-[3px] border border-rule bg-raised px-2 text-sm placeholder:text-faded focus-visible:outline-offset-0"
      />
      {isMissing && (
        <span role="alert" className="text-xs text-bad">
          no such seat
        </span>
      )}
    </form>
  );
}
