// Shows instants in the reader's own time zone (without it they are in UTC), and says when a page is stale.
"use strict";
(() => {
  const words = new Intl.DateTimeFormat(undefined, {
    weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit",
    timeZoneName: "short",
  });
  const localise = (root) => {
    for (const time of root.querySelectorAll("time[datetime]")) {
      const instant = new Date(time.dateTime);
      if (Number.isNaN(instant.getTime()) || time.title) continue;
      // What is told in a time of its own, such as a marketplace's, stays so; the reader's stands beside it.
      if ("own" in time.dataset) {
        time.title = words.format(instant);
        continue;
      }
      time.title = time.textContent;
      time.textContent = words.format(instant);
    }
  };
  localise(document);
  document.addEventListener("htmx:afterSwap", () => localise(document));
  document.addEventListener("htmx:afterRequest", (event) => {
    const stale = document.getElementById("stale");
    if (stale) stale.hidden = Boolean(event.detail.successful);
  });
})();
