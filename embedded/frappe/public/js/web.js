// What pages may use of `frappe`: calls with the session's token, messages, cookies.
(function () {
	const frappe = (window.frappe = window.frappe || {});
	const ready = [];

	frappe.ready = (fn) => (document.readyState === "loading" ? ready.push(fn) : fn());
	frappe.get_cookie = (name) => {
		const found = document.cookie.split("; ").find((c) => c.startsWith(name + "="));
		return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
	};
	window.__ = window.__ || ((text, values) => {
		const list = Array.isArray(values) ? values : [];
		return text.replace(/\{(\d+)\}/g, (whole, i) => (i in list ? list[i] : whole));
	});

	const as_text = (html) => new DOMParser().parseFromString(String(html), "text/html").body.textContent.trim();
	frappe.server_message = (reply) => {
		if (!reply || !reply._server_messages) return "";
		return JSON.parse(reply._server_messages).map((m) => as_text(JSON.parse(m).message)).join("\n");
	};

	frappe.msgprint = (message) => {
		const text = typeof message === "object" ? message.message : message;
		const dialog = document.createElement("dialog");
		const body = document.createElement("p");
		const button = document.createElement("button");
		dialog.className = "web-dialog";
		body.textContent = as_text(text);
		button.className = "btn btn-primary btn-sm";
		button.textContent = "OK";
		button.onclick = () => dialog.close();
		dialog.onclose = () => dialog.remove();
		dialog.append(body, button);
		document.body.append(dialog);
		dialog.showModal();
	};
	frappe.throw = (message) => { frappe.msgprint(message); throw new Error(as_text(message)); };

	frappe.call = async (options, args, callback) => {
		if (typeof options === "string") options = { method: options, args, callback };
		const body = new FormData();
		for (const [key, value] of Object.entries(options.args || {})) {
			if (value !== undefined && value !== null) body.append(key, typeof value === "object" ? JSON.stringify(value) : value);
		}
		const button = options.btn && (options.btn[0] || options.btn);
		if (button) button.disabled = true;
		try {
			const type = (options.type || "POST").toUpperCase();
			const query = type === "GET" ? "?" + new URLSearchParams(body) : "";
			const response = await fetch(options.url || "/api/method/" + options.method + query, {
				method: type, body: type === "GET" ? undefined : body, credentials: "same-origin",
				headers: { Accept: "application/json", "X-Frappe-CSRF-Token": frappe.csrf_token || "" },
			});
			const reply = await response.json();
			const said = frappe.server_message(reply);
			if (!response.ok) {
				if (options.error) options.error(reply);
				else frappe.msgprint(said || reply.exc_type || response.statusText);
				return Promise.reject(reply);
			}
			if (said && !options.silent) frappe.msgprint(said);
			if (options.callback) options.callback(reply);
			return reply;
		} finally {
			if (button) button.disabled = false;
			if (options.always) options.always();
		}
	};

	frappe.logout = async () => {
		await fetch("/api/method/logout", { method: "POST", headers: { "X-Frappe-CSRF-Token": frappe.csrf_token || "" } });
		window.location.assign("/login");
	};
	document.addEventListener("click", (event) => {
		if (event.target.closest("[data-action=logout]")) { event.preventDefault(); frappe.logout(); }
	});
	document.addEventListener("DOMContentLoaded", () => ready.splice(0).forEach((fn) => fn()));
})();
