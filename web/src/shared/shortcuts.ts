/** Whether a key press is meant for the page: nothing is being typed, no modifier is held, no dialog is open. */
export function isShortcut(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return false;
  const target = event.target instanceof Element ? event.target : undefined;
  return target?.closest("input, textarea, select, dialog, [contenteditable]") == null;
}
