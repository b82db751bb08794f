// The one thing a customer does on the order page: confirm the receipt of the goods (E-4.16a).
(() => {
	const token = document.currentScript.dataset.csrf;
	const button = document.getElementById("oo-confirm");
	if (!button) return;
	const error = button.parentElement.querySelector(".oo-error");
	button.addEventListener("click", async () => {
		if (!window.confirm(button.dataset.question)) return;
		button.disabled = true;
		const reply = await fetch("/api/method/order_ops.api.v1.orders.confirm_receipt", {
			method: "POST",
			headers: {
				"Content-Type": "application/json",
				Accept: "application/json",
				"X-Frappe-CSRF-Token": token,
			},
			body: JSON.stringify({ order: button.dataset.order }),
		});
		if (reply.ok) {
			window.location.reload();
			return;
		}
		const answer = await reply.json().catch(() => ({}));
		const messages = JSON.parse(answer._server_messages || "[]").map((row) => JSON.parse(row).message);
		error.textContent = messages.join(" ") || reply.statusText;
		error.hidden = false;
		button.disabled = false;
	});
})();
