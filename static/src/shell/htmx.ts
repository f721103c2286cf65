/** htmx with the CSRF header on every request it makes. */

import "htmx.org";

interface RequestContext {
  readonly request: { readonly headers: Record<string, string> };
}

document.addEventListener("htmx:config:request", (event) => {
  const context = (event as CustomEvent<{ ctx: RequestContext }>).detail.ctx;
  const token = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content;
  if (token) context.request.headers["X-CSRFToken"] = token;
});
