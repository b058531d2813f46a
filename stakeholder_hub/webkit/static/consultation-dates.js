// Moves the phases of a new consultation together with its first day. Without scripts a button does the same.

const start = document.querySelector("[data-hub-start]");
const planned = document.querySelector("[data-hub-planned-from]");
const DAY = 86_400_000;

if (start && planned) {
  const button = document.querySelector("[data-hub-update-dates]");
  if (button) button.hidden = true;
  start.addEventListener("change", () => {
    const days = Math.round((Date.parse(start.value) - Date.parse(planned.value)) / DAY);
    if (!Number.isFinite(days) || days === 0) return;
    for (const field of document.querySelectorAll("[data-hub-phase] input[type=datetime-local]")) {
      // Reckoned as if in UTC, so that the hour on the wall clock stays what it is.
      const moment = new Date(`${field.value}Z`);
      if (Number.isNaN(moment.getTime())) continue;
      field.value = new Date(moment.getTime() + days * DAY).toISOString().slice(0, 16);
    }
    planned.value = start.value;
  });
}
