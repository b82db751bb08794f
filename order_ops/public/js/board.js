// The order board draws its state and asks for it again every 30 seconds.
(() => {
	const board = document.getElementById("ob");
	const words = JSON.parse(document.getElementById("ob-words").textContent);
	let state = JSON.parse(document.getElementById("ob-state").textContent);
	let skew = new Date(state.now) - new Date();
	const t = (word) => words[word] || word;

	function make(tag, className, text) {
		const element = document.createElement(tag);
		if (className) element.className = className;
		if (text !== undefined && text !== null) element.textContent = text;
		return element;
	}
	const now = () => new Date(Date.now() + skew);
	const two = (n) => String(n).padStart(2, "0");
	const time = (iso) => {
		const at = new Date(iso);
		const sameDay = at.toDateString() === now().toDateString();
		return (sameDay ? "" : `${two(at.getMonth() + 1)}-${two(at.getDate())} `) + `${two(at.getHours())}:${two(at.getMinutes())}`;
	};
	const clock = (iso) => time(iso).slice(-5);
	const day = (iso) => (new Date(iso).toDateString() === now().toDateString() ? t("today") : time(iso).slice(0, 5));
	function span(seconds) {
		const s = Math.max(0, Math.floor(seconds));
		if (s >= 86400) return `${Math.floor(s / 86400)} ${t("days")}`;
		return s >= 3600 ? `${Math.floor(s / 3600)}:${two(Math.floor((s % 3600) / 60))}:${two(s % 60)}` : `${Math.floor(s / 60)}:${two(s % 60)}`;
	}

	function wave(row) {
		const left = (new Date(row.closes_at) - now()) / 1000;
		const box = make("article", "ob-wave ob-" + (row.status === "Failed" ? "failed" : left > 0 ? (left < 900 ? "soon" : "open") : "past"));
		const head = make("div", "ob-wave-head");
		const title = make("strong", "", row.title);
		title.append(make("span", "ob-day", day(row.closes_at)));
		head.append(title, make("span", "ob-rule", row.rule));
		box.append(head);
		const big = make("div", "ob-count");
		if (left > 0) {
			big.append(make("b", "", span(left)), make("span", "", `${t("to cut-off")} · ${clock(row.closes_at)}`));
		} else {
			const word = { Done: "closed", Running: "running", Waiting: "waiting", Failed: "missed" }[row.status] || "closed";
			big.append(make("b", "", clock(row.closes_at)), make("span", "", t(word)));
		}
		box.append(big);
		const line = make("div", "ob-line");
		line.append(make("span", "", `${row.orders} ${t("orders")}`));
		if (row.run) line.append(make("span", "", `${row.taken} ${t("taken")}`), make("span", row.held_back ? "ob-warn" : "", `${row.held_back} ${t("held back")}`));
		box.append(line);
		return box;
	}

	function card(row) {
		const link = make("a", "ob-card");
		link.href = row.url;
		const late = !row.paused && new Date(row.due_at) < now();
		if (late) link.classList.add("ob-late");
		if (row.paused) link.classList.add("ob-paused");
		link.append(make("span", "ob-name", row.name.length > 18 && row.order ? row.order : row.name));
		link.append(make("span", "ob-due", time(row.due_at)));
		if (row.rule) link.append(make("span", "ob-rule", row.rule), make("span", "ob-note", row.owner));
		if (row.note) link.append(make("span", "ob-note", row.note));
		return link;
	}

	function lane(row) {
		const box = make("article", "ob-lane");
		const head = make("header");
		head.append(make("h2", "", row.title), make("span", "ob-rule", row.rule));
		const figures = make("div", "ob-figures");
		figures.append(make("b", "", row.open));
		if (row.overdue) figures.append(make("span", "ob-over", `${row.overdue} ${t("overdue")}`));
		else if (row.next_due) figures.append(make("span", "ob-muted", `${t("due")} ${time(row.next_due)}`));
		head.append(figures, make("div", "ob-owner", row.owner));
		box.append(head);
		if (!row.cards.length) box.append(make("p", "ob-empty", t("Nothing waits here")));
		for (const item of row.cards) box.append(card(item));
		if (row.open > row.cards.length) box.append(make("p", "ob-more", t("and {0} more").replace("{0}", row.open - row.cards.length)));
		return box;
	}

	function draw() {
		const waves = document.getElementById("ob-waves");
		waves.replaceChildren(...state.waves.map(wave));
		if (!state.waves.length) waves.append(make("p", "ob-empty", t("No waves")));
		const breaches = document.getElementById("ob-breaches");
		breaches.hidden = !state.breaches.count;
		breaches.replaceChildren(make("h2", "", `${t("Breaches")} ${state.breaches.count}`), ...state.breaches.cards.map(card));
		document.getElementById("ob-lanes").replaceChildren(...state.lanes.map(lane));
		tick();
	}

	function tick() {
		const at = now();
		document.getElementById("ob-now").textContent = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
		document.querySelectorAll(".ob-wave").forEach((box, index) => {
			const left = (new Date(state.waves[index].closes_at) - at) / 1000;
			if (left > 0) box.querySelector(".ob-count b").textContent = span(left);
		});
	}

	async function reload() {
		const stale = document.getElementById("ob-stale");
		try {
			const reply = await fetch("/api/method/order_ops.api.v1.board.state?unit=" + encodeURIComponent(board.dataset.unit), {
				headers: { Accept: "application/json" },
			});
			if (!reply.ok) throw new Error(reply.statusText);
			state = (await reply.json()).message;
			skew = new Date(state.now) - new Date();
			stale.hidden = true;
			draw();
		} catch (error) {
			stale.hidden = false;
			console.warn(error);
		}
	}
	draw();
	setInterval(tick, 1000);
	setInterval(reload, 30000);
})();
