// What a customer does on the order page: confirm the receipt of the goods (E-4.16a), write about the order (G7-7.2).
(() => {
	const token = document.currentScript.dataset.csrf;

	async function call(method, values, button, error) {
		button.disabled = true;
		const reply = await fetch(`/api/method/order_ops.api.v1.orders.${method}`, {
			method: "POST",
			headers: {
				"Content-Type": "application/json",
				Accept: "application/json",
				"X-Frappe-CSRF-Token": token,
			},
			body: JSON.stringify(values),
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
	}

	const button = document.getElementById("oo-confirm");
	button?.addEventListener("click", () => {
		if (!window.confirm(button.dataset.question)) return;
		const error = button.parentElement.querySelector(".oo-error");
		call("confirm_receipt", { order: button.dataset.order }, button, error);
	});

	const form = document.getElementById("oo-say");
	form?.addEventListener("submit", (event) => {
		event.preventDefault();
		const values = { order: form.dataset.order, text: form.elements.text.value };
		call("say", values, form.querySelector("button"), form.querySelector(".oo-error"));
	});
})();
