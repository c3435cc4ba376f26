/** Dots between two parts of a stub. */
export function Perforation() {
  return (
    <div aria-hidden="true" className="relative z-10 mx-4 -my-[1.5px]">
      <div className="perforation text-rule" />
    </div>
  );
}

/**
 * The same dots, burning away from the right as time passes: `share` is what is left, 0 to 1. Only the look: the words beside it say
 * the time. The width moves once a second and glides in between.
 */
export function BurningPerforation({ share }: { share: number }) {
  const percent = Math.round(share * 10_000) / 100;
  return (
    <div aria-hidden="true" className="relative z-10 mx-4 -my-[1.5px] h-[3px]">
      <div className="perforation absolute inset-0 text-rule" />
      <div
        className="perforation absolute inset-y-0 left-0 text-accent transition-[width] duration-1000 ease-linear"
        style={{ width: `${percent}%` }}
      />
      <div className="absolute -top-[3px] transition-[left] duration-1000 ease-linear" style={{ left: `${percent}%` }}>
        {share > 0 && <div className="-ml-[4.5px] size-[9px] rounded-full bg-accent shadow-[0_0_10px_2px_var(--color-accent)]" />}
      </div>
    </div>
  );
}
