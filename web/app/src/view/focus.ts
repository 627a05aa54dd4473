/** Goes to the first field of a form that is wrong, or to what is wrong with the whole, once it is shown. */
export function focusProblem(form: HTMLElement | null): void {
  requestAnimationFrame(() => {
    const find = (selector: string) => form?.querySelector<HTMLElement>(selector);
    (find('[aria-invalid="true"]') ?? find(".problems"))?.focus();
  });
}
