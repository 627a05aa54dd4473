import type { ComponentChildren, Ref } from "preact";

interface PageSectionProps {
  title: string;
  /** The heading, for whoever must lead the focus there. */
  heading?: Ref<HTMLHeadingElement>;
  children: ComponentChildren;
}

/** A part of a page, with a heading of its own. */
export function PageSection({ title, heading = null, children }: PageSectionProps) {
  return (
    <section>
      <h2 ref={heading} tabIndex={heading ? -1 : undefined}>{title}</h2>
      {children}
    </section>
  );
}
