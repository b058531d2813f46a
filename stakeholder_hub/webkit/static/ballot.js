// The running total of a ballot, said politely, and a filter for long lists. The server checks everything again.

for (const ballot of document.querySelectorAll("[data-hub-ballot]")) {
  const meter = ballot.querySelector(".ballot-meter");
  if (!meter) continue;
  const { budget, currency, most, points, squared } = ballot.dataset;
  const inMoney = budget !== undefined;
  const top = Number(budget ?? points ?? most);
  const number = new Intl.NumberFormat(document.documentElement.lang, inMoney ? { style: "currency", currency, maximumFractionDigits: top % 100 ? 2 : 0 } : {});
  const show = (amount) => number.format(inMoney ? amount / 100 : amount);
  const line = meter.querySelector("[role=status]");
  const progress = meter.querySelector("progress");
  let timer;
  const update = () => {
    const chosen = [...ballot.querySelectorAll("input[name=choices]:checked")];
    const given = [...ballot.querySelectorAll(".ballot-number")].map((box) => Number(box.value) || 0);
    const spent = points !== undefined ? given.reduce((sum, n) => sum + (squared === undefined ? n : n * n), 0) : inMoney ? chosen.reduce((sum, box) => sum + Number(box.dataset.cost ?? 0), 0) : chosen.length;
    if (progress) progress.value = Math.min(spent, top);
    meter.classList.toggle("is-over", spent > top);
    // Announced once the person pauses, not at every tick.
    clearTimeout(timer);
    timer = setTimeout(() => {
      const words = spent > top ? line.dataset.over : line.dataset.text;
      line.textContent = words.replace("{spent}", show(spent)).replace("{budget}", show(top)).replace("{left}", show(Math.abs(top - spent)));
    }, 150);
  };
  ballot.addEventListener(points === undefined ? "change" : "input", update);
  update();
}

for (const filter of document.querySelectorAll("[data-hub-pick]")) {
  const rows = [...filter.closest("fieldset").querySelectorAll("[data-hub-pickable]")];
  filter.addEventListener("input", () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of rows) row.hidden = !words.every((word) => row.textContent.toLowerCase().includes(word));
  });
  filter.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
}
