// What makes pages more pleasant where scripts run. Every page works without this file.

const root = document.documentElement;
const DEFAULTS = { theme: "auto", text: "normal", case: "normal", contrast: "normal", spacing: "normal", motion: "normal", font: "normal" };

for (const element of document.querySelectorAll("[data-hub-needs-js]")) element.hidden = false;

/* Display settings: applied at once, kept in the cookie that the server reads too. */
function applySettings(settings) {
  for (const [name, value] of Object.entries(settings)) {
    if (name === "theme") {
      root.dataset.bsTheme = value;
      const dark = document.getElementById("hub-dark");
      if (dark) dark.media = { dark: "screen", light: "not all" }[value] ?? "screen and (prefers-color-scheme: dark)";
    } else root.dataset[name] = value;
  }
}

function rememberSettings(settings) {
  const chosen = Object.entries(settings).filter(([name, value]) => value !== DEFAULTS[name]);
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `hub_prefs=${chosen.map((pair) => pair.join("=")).join("&")}; Max-Age=31536000; Path=/; SameSite=Lax${secure}`;
}

for (const form of document.querySelectorAll("form[data-hub-prefs]")) {
  const save = form.querySelector(".hub-display-save");
  if (save) save.hidden = true;
  form.addEventListener("change", () => {
    const settings = {};
    for (const name of Object.keys(DEFAULTS)) settings[name] = new FormData(form).get(name) ?? DEFAULTS[name];
    applySettings(settings);
    rememberSettings(settings);
  });
}

/* Menus close on Escape and on a click elsewhere. */
const openMenus = () => document.querySelectorAll("details.hub-menu[open]");
document.addEventListener("click", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target) || event.target.closest("[popovertarget]")) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
document.addEventListener("focusout", (event) => {
  const menu = event.target.closest?.("details.hub-menu[open]");
  if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
});

/* Filters stay open where there is room for them. */
if (matchMedia("(min-width: 62em)").matches) for (const bar of document.querySelectorAll("details.filters")) bar.open = true;

/* After a refused form, the list of what to mend is read first. */
document.querySelector("[data-hub-focus]")?.focus();

/* A form is sent once, however often the button is pressed. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (event.submitter?.getAttribute("formtarget")) return; // a preview in a new tab: the form itself is still to be sent
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
  }
});

/* What was typed survives a closed page or a lost connection, until the form is sent. */
const store = (() => {
  try {
    sessionStorage.setItem("hub-probe", "");
    sessionStorage.removeItem("hub-probe");
    return sessionStorage;
  } catch {
    return null;
  }
})();
const KEPT = "textarea, input[type=text], input:not([type]), input[type=number], input[type=url], select";
const keptFields = (form) => [...form.querySelectorAll(KEPT)].filter((field) => field.name && !field.readOnly && field.autocomplete !== "off");

if (store) {
  // The draft goes when the page after the form is not the form again.
  const sent = store.getItem("hub-draft-sent");
  if (sent && !document.querySelector(".error-summary, .error-page")) {
    store.removeItem(sent);
    store.removeItem("hub-draft-sent");
  }
  for (const form of document.querySelectorAll("form[data-hub-draft]")) {
    const key = `hub-draft:${location.pathname}:${form.dataset.hubDraft}`;
    const refused = form.querySelector("[aria-invalid]") ?? document.querySelector(".error-summary");
    const saved = JSON.parse(store.getItem(key) ?? "{}");
    for (const field of keptFields(form)) {
      if (refused || field.value || typeof saved[field.name] !== "string") continue;
      field.value = saved[field.name];
    }
    form.addEventListener("input", () => {
      const typed = Object.fromEntries(keptFields(form).filter((field) => field.value).map((field) => [field.name, field.value]));
      try {
        store.setItem(key, JSON.stringify(typed));
      } catch {
        store.removeItem(key);
      }
    });
    form.addEventListener("submit", () => store.setItem("hub-draft-sent", key));
  }
}

/* Characters left. The text is never cut: too much is said, not swallowed. */
for (const note of document.querySelectorAll("[data-hub-count-for]")) {
  const field = document.getElementById(note.dataset.hubCountFor);
  if (!field) continue;
  const most = Number(field.dataset.hubCount);
  const numbers = new Intl.NumberFormat(root.lang);
  const show = () => {
    const left = most - [...field.value].length;
    note.textContent = (left < 0 ? note.dataset.over : note.dataset.left).replace("{n}", numbers.format(Math.abs(left)));
    note.classList.toggle("is-over", left < 0);
  };
  field.addEventListener("input", show);
  show();
}

/* Pictures are shown before they are sent. */
for (const input of document.querySelectorAll("input[data-hub-file]")) {
  const preview = document.createElement("div");
  preview.className = "file-preview";
  preview.setAttribute("aria-live", "polite");
  input.after(preview);
  input.addEventListener("change", () => {
    for (const image of preview.querySelectorAll("img")) URL.revokeObjectURL(image.src);
    preview.replaceChildren(
      ...[...input.files].flatMap((file) => {
        const name = document.createElement("span");
        name.textContent = file.name;
        if (!/^image\/(png|jpeg|webp|gif)$/.test(file.type)) return [name];
        const image = document.createElement("img");
        image.src = URL.createObjectURL(file);
        image.alt = "";
        return [image, name];
      }),
    );
  });
}

/* Copy, print, select. */
document.addEventListener("click", async (event) => {
  if (event.target.closest("[data-hub-print]")) print();
  const copier = event.target.closest("[data-hub-copy]");
  if (!copier) return;
  try {
    await navigator.clipboard.writeText(new URL(copier.dataset.hubCopy, location.href).href);
    copier.querySelector("span").textContent = copier.dataset.done;
  } catch {
    copier.closest(".copy-link")?.querySelector("input")?.select();
  }
});
for (const field of document.querySelectorAll("[data-hub-select]")) field.addEventListener("focus", () => field.select());
