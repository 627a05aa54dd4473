import { signal } from "@preact/signals";

import { placed, type Problems } from "../layout/refusals";
import { type Answer, mutate } from "./mutate";

/** A form for a mutation: its fields have the names that the mutation's input has. It keeps what was typed until that was taken. */
export class MutationForm<Values extends object> {
  readonly values;
  readonly problems = signal<Problems<keyof Values & string>>({});
  /** Whether the mutation is on its way. */
  readonly sending = signal(false);

  constructor(private readonly first: Values) {
    this.values = signal(first);
  }

  /** Changes a field, which is not wrong any more until somebody says so again. */
  set<Field extends keyof Values & string>(field: Field, value: Values[Field]): void {
    this.values.value = { ...this.values.peek(), [field]: value };
    const { [field]: _, ...others } = this.problems.peek();
    this.problems.value = others as Problems<keyof Values & string>;
  }

  /** Says what is wrong before anything is sent; gives null, as `send` does then. */
  refuse(problems: Problems<keyof Values & string>): null {
    this.problems.value = problems;
    return null;
  }

  /** Begins again with an empty form. */
  empty(): void {
    this.values.value = this.first;
    this.problems.value = {};
  }

  /** Asks for the mutation. Gives its answer; null when it was refused, and `problems` say why. */
  async send<A extends Answer>(document: string, variables: Record<string, unknown>): Promise<A | null> {
    if (this.sending.peek()) return null;
    this.sending.value = true;
    this.problems.value = {};
    const { done, refusals } = await mutate<A>(document, variables);
    this.sending.value = false;
    return done ?? this.refuse(placed(refusals, Object.keys(this.first) as (keyof Values & string)[]));
  }
}
