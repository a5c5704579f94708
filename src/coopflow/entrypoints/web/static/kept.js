"use strict";

// Says that what one types in a form was not kept, and why: htmx shows no answer that is a refusal,
// and nothing where none came. The words are those of the page, in templates beside the place.
function say(why) {
  const place = document.getElementById("kept");
  const words = document.getElementById(`kept-${why}`);
  if (place && words) place.replaceChildren(words.content.cloneNode(true));
}

document.addEventListener("htmx:responseError", (event) => {
  say({ 401: "signed-out", 413: "too-long" }[event.detail.xhr.status] ?? "refused");
});
document.addEventListener("htmx:sendError", () => say("away"));
