import axe from "axe-core";
import { expect } from "vitest";

import { server } from "./fakeserver";

// What tests of pages with forms do: finding things as a reader names them, typing, and answering.

export const button = (name: string, within: ParentNode = document): HTMLButtonElement => {
  const found = [...within.querySelectorAll("button")].find((one) => (one.getAttribute("aria-label") ?? one.textContent)?.replace(/[\u2068\u2069]/g, "") === name);
  if (!found) throw new Error(`there is no button ${name}`);
  return found;
};

export const formOf = (label: string): HTMLFormElement => {
  const found = document.querySelector<HTMLFormElement>(`form[aria-label="${label}"]`);
  if (!found) throw new Error(`there is no form ${label}`);
  return found;
};

/** The label of a field, with the field and what is said of it. */
export const fieldOf = (form: HTMLElement, label: string): HTMLElement => {
  const found = [...form.querySelectorAll<HTMLElement>("label")].find((one) => (one.querySelector(".field-label") ?? one).textContent?.trim().startsWith(label));
  if (!found) throw new Error(`there is no field ${label}`);
  return found;
};

export function fill(form: HTMLElement, label: string, value: string): void {
  const input = fieldOf(form, label).querySelector<HTMLInputElement | HTMLSelectElement>("input, select")!;
  input.value = value;
  input.dispatchEvent(new Event(input.matches("select, [type=datetime-local]") ? "change" : "input", { bubbles: true }));
}

export const send = (form: HTMLElement): void => void form.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));

/** Answers each operation by its name. */
export function answers(by: Record<string, unknown | ((variables: Record<string, unknown>) => unknown)>): void {
  server.answer = ({ query, variables }) => {
    const name = /(?:query|mutation) (\w+)/.exec(query)?.[1] ?? "";
    const answer = by[name];
    if (answer === undefined) throw new Error(`nobody answers ${name}`);
    return typeof answer === "function" ? answer(variables) : answer;
  };
}

/** A mutation that was refused. */
export const refused = (field: string[] | null, message: string, retryAfterSeconds: number | null = null) => ({
  answer: { userErrors: [{ code: "INVALID", field, message, retryAfterSeconds }] },
});

/** The variables of the requests of an operation. */
export const sent = (name: string) => server.requests.filter(({ query }) => query.includes(` ${name}`)).map(({ variables }) => variables);

export async function requireAccessible(root: HTMLElement): Promise<void> {
  const { violations } = await axe.run(root, { rules: { "color-contrast": { enabled: false }, region: { enabled: false } } });
  expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
}
