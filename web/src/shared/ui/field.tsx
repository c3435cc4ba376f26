import { type InputHTMLAttributes, useId } from 'react';

export const inputClass =
  'min-h-11 w-full rounded-[3px] border border-faded/60 bg-raised px-3 py-2 text-base text-ink placeholder:text-faded focus-visible:outline-offset-0';

/** A labelled input; what is wrong with it is said below it and read out with it. */
export function Field({
  label,
  error,
  hint,
  ...input
}: InputHTMLAttributes<HTMLInputElement> & { label: string; error?: string | undefined; hint?: string }) {
  const id = useId();
  const note = error ?? hint;
  return (
    <div className="grid gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <input
        id={id}
        className={inputClass}
        aria-invalid={error !== undefined}
        aria-describedby={note === undefined ? undefined : `${id}-note`}
        {...input}
      />
      {note !== undefined && (
        <p id={`${id}-note`} className={`text-sm ${error === undefined ? 'text-faded' : 'text-bad'}`}>
          {note}
        </p>
      )}
    </div>
  );
}
