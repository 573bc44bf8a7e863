import { type ReactNode, useId } from "react";

export interface CardProps {
  readonly title: string;
  /** To the right of the title. */
  readonly extra?: ReactNode;
  readonly className?: string;
  readonly children: ReactNode;
}

export function Card({ title, extra, className = "", children }: CardProps) {
  const id = useId();
  return (
    <section className={`card ${className}`} aria-labelledby={id}>
      <div className="card-head">
        <h2 id={id}>{title}</h2>
        {extra === undefined ? null : <div className="card-extra">{extra}</div>}
      </div>
      {children}
    </section>
  );
}

export type Tone = "good" | "warn" | "bad" | "quiet" | "accent";

/** A short state in words; its colour only repeats what the words say. */
export function Tag({
  tone,
  title,
  children,
}: {
  readonly tone: Tone;
  readonly title?: string;
  readonly children: ReactNode;
}) {
  return (
    <span className={`tag tag-${tone}`} title={title}>
      {children}
    </span>
  );
}
