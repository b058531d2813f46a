// The map on which a place is chosen: without sending the form for every step. Works without this file too.

const EARTH = 6371008.8;
const STEPS = [500, 1000, 2000, 5000, 10000, 20000, 50000, 100000, 200000, 500000];
const radians = (degrees) => (degrees * Math.PI) / 180;
const degrees = (angle) => (angle * 180) / Math.PI;

for (const picker of document.querySelectorAll("[data-hub-map]")) {
  const form = picker.closest("form");
  const map = picker.querySelector(".map-input");
  const status = picker.querySelector("[data-hub-map-status]");
  const latitude = form.elements.latitude;
  const longitude = form.elements.longitude;
  const reach = form.elements.reach;
  const centre = () => ({
    latitude: Number(picker.dataset.latitude || latitude.value),
    longitude: Number(picker.dataset.longitude || longitude.value),
  });

  const draw = () => {
    const query = new URLSearchParams({ reach: reach.value });
    if (latitude.value && longitude.value) {
      query.set("latitude", latitude.value.replace(",", "."));
      query.set("longitude", longitude.value.replace(",", "."));
    }
    map.src = `${picker.dataset.hubMap}?${query}`;
  };

  const choose = (where) => {
    latitude.value = where.latitude.toFixed(6);
    longitude.value = where.longitude.toFixed(6);
    status.textContent = `${latitude.value}, ${longitude.value}`;
    for (const field of [latitude, longitude]) field.dispatchEvent(new Event("input", { bubbles: true }));
    draw();
  };

  map.addEventListener("click", (event) => {
    event.preventDefault();
    if (event.detail === 0) return; // pressed by keyboard: nothing was pointed at
    const box = map.getBoundingClientRect();
    const scale = (2 * Number(reach.value)) / box.width;
    const middle = centre();
    const east = (event.clientX - box.left - box.width / 2) * scale;
    const north = (box.height / 2 - (event.clientY - box.top)) * scale;
    choose({
      latitude: middle.latitude + degrees(north / EARTH),
      longitude: middle.longitude + degrees(east / EARTH / Math.cos(radians(middle.latitude))),
    });
  });

  picker.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.value === "closer" || button.value === "farther") {
      event.preventDefault();
      const at = STEPS.indexOf(Number(reach.value)) + (button.value === "closer" ? -1 : 1);
      reach.value = STEPS[Math.max(0, Math.min(STEPS.length - 1, at))];
      draw();
    } else if (button.value === "no_place") {
      event.preventDefault();
      latitude.value = longitude.value = status.textContent = "";
      draw();
    } else if (button.dataset.hubLocate !== undefined) {
      navigator.geolocation?.getCurrentPosition(
        ({ coords }) => choose(coords),
        () => (status.textContent = button.dataset.failed),
        { timeout: 15000, maximumAge: 60000 },
      );
    }
  });

  for (const field of [latitude, longitude]) field.addEventListener("change", draw);
}
