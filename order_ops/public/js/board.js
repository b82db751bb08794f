// The order board draws its state and asks for it again every 30 seconds.
(() => {
	const words = JSON.parse(document.getElementById("ob-words").textContent);
	let state = JSON.parse(document.getElementById("ob-state").textContent);
	let skew = new Date(state.now) - new Date();
	const t = (word) => words[word] || word;
	const phone = matchMedia("(max-width: 620px)");
	const first = (cards, on_a_phone) => (phone.matches ? cards.slice(0, on_a_phone) : cards);
	const place = (id) => document.getElementById(id);

	function make(tag, className, ...content) {
		const element = document.createElement(tag);
		if (className) element.className = className;
		element.append(...content.filter((part) => part !== undefined && part !== null && part !== ""));
		return element;
	}
	const now = () => new Date(Date.now() + skew);
	const two = (n) => String(n).padStart(2, "0");
	const isToday = (iso) => new Date(iso).toDateString() === now().toDateString();
	const clock = (iso) => `${two(new Date(iso).getHours())}:${two(new Date(iso).getMinutes())}`;
	const date = (iso) => `${two(new Date(iso).getMonth() + 1)}-${two(new Date(iso).getDate())}`;
	const time = (iso) => (isToday(iso) ? clock(iso) : `${date(iso)} ${clock(iso)}`);
	const day = (iso) => (isToday(iso) ? t("today") : date(iso));
	function span(seconds) {
		const s = Math.max(0, Math.floor(seconds));
		if (s >= 86400) return `${Math.floor(s / 86400)} ${t("days")}`;
		return s >= 3600 ? `${Math.floor(s / 3600)}:${two(Math.floor((s % 3600) / 60))}:${two(s % 60)}` : `${Math.floor(s / 60)}:${two(s % 60)}`;
	}

	function rule(id) {
		if (!id) return "";
		const link = make(state.rules[id] ? "a" : "span", "ob-rule", id);
		if (state.rules[id]) link.href = state.rules[id];
		return link;
	}
	function linked(className, text, url) {
		const link = make(url ? "a" : "span", className, text);
		if (url) link.href = url;
		return link;
	}

	function figures() {
		const of = state.figures;
		const rows = [
			["Open Steps", of.open, ""],
			["Due soon", of.soon, "amber"],
			["Overdue", of.overdue, "red"],
			["Escalated to you", of.escalated, "red"],
			["Open Holds", of.holds, "amber"],
		];
		return rows.map(([label, count, color]) => make("div", `ob-figure ${count ? color : ""}`, make("b", "", String(count)), make("span", "", t(label))));
	}

	function wave(row) {
		const left = (new Date(row.closes_at) - now()) / 1000;
		const stuck = row.status === "Failed" || (left <= 0 && row.status !== "Done");
		const tile = make("div", "ob-wave " + (stuck ? "stuck" : left <= 0 ? "past" : left < 900 ? "soon" : ""));
		tile.dataset.closes = row.closes_at;
		tile.title = `${t("to cut-off")} ${time(row.closes_at)}`;
		tile.append(make("div", "ob-line", make("strong", "", linked("", row.title, row.run)), make("span", "ob-muted", row.kind)));
		const word = { Done: "closed", Running: "running", Failed: "missed" }[row.status] || "waiting";
		const when = `${isToday(row.closes_at) ? "" : day(row.closes_at) + " "}${clock(row.closes_at)}`;
		tile.append(make("div", "ob-count", make("b", "", left > 0 ? span(left) : when), make("span", "ob-muted", left > 0 ? `→ ${when}` : t(word))));
		const line = make("div", "ob-line ob-taken");
		if (row.counted && !(row.status === "Done" && !row.orders)) line.append(make("span", "", `${row.orders} ${t("orders")}`));
		if (row.taken) line.append(make("span", "", `${row.taken} ${t("taken")}`));
		if (row.held_back) line.append(make("span", "ob-warn", `${row.held_back} ${t(row.counted ? "held back" : "open")}`));
		line.append(rule(row.rule));
		tile.append(line);
		return tile;
	}

	function card(row, extra) {
		const late = row.due_at && !row.paused && new Date(row.due_at) < now();
		const box = make("div", `ob-card${late ? " late" : row.paused ? " paused" : row.soon ? " soon" : ""}`);
		const name = row.name.length > 18 && row.order ? row.order : row.name;
		box.append(make("div", "ob-line", linked("ob-name", name, row.url), row.due_at ? make("span", "ob-due", row.paused ? t("paused") : time(row.due_at)) : ""));
		for (const part of extra || []) box.append(part);
		if (row.note) box.append(make("div", "ob-note", row.note));
		return box;
	}
	const breach = (row) =>
		card(row, [make("div", "ob-line ob-note", make("span", "", `${row.title} → ${row.escalated_to || row.owner}`), rule(row.rule))]);
	const hold = (row) =>
		card(row, [make("div", "ob-line ob-note", make("span", "", `${row.kind} · ${row.owner}`, row.until ? ` · ${t("until")} ${row.until.length > 10 ? time(row.until) : row.until.slice(5)}` : ""), rule(row.rule))]);

	function more(count, shown) {
		return count > shown ? make("p", "ob-more", t("and {0} more").replace("{0}", count - shown)) : "";
	}
	function alarm(className, title, group, draw) {
		if (!group.count) return "";
		const shown = first(group.cards, 5);
		const cards = make("div", "ob-cards", ...shown.map(draw));
		return make("section", `ob-alarm ${className}`, make("h2", "", `${t(title)} ${group.count}`), cards, more(group.count, shown.length));
	}

	function lane(row) {
		const figures = make("span", "ob-lane-figures", make("b", "", String(row.open)));
		if (row.overdue) figures.append(make("span", "ob-pill red", `${row.overdue} ${t("overdue")}`));
		if (row.soon) figures.append(make("span", "ob-pill amber", `${row.soon} ${t("soon")}`));
		if (!row.overdue && !row.soon && row.next_due) figures.append(make("span", "ob-muted", `${t("due")} ${time(row.next_due)}`));
		const head = make("header", "", make("div", "ob-line", make("h3", "", row.title), rule(row.rule)), make("div", "ob-owner", row.owner), figures);
		const shown = first(row.cards, 4);
		return make("article", "ob-lane", head, ...shown.map((one) => card(one)), more(row.open, shown.length));
	}

	function closed(row) {
		if (!row) return "";
		const title = make("h3", "", linked("", `${t("Open at close of work")} ${row.day.slice(5)}`, row.run));
		const figures = make("span", "ob-lane-figures", make("b", "", String(row.open)), row.unexplained ? make("span", "ob-pill red", `${row.unexplained} ${t("unexplained")}`) : "");
		const cards = row.lines.map((one) => {
			const box = card(one);
			if (!one.explained) box.classList.add("late");
			return box;
		});
		return make("article", "ob-lane ob-closed", make("header", "", make("div", "ob-line", title), make("div", "ob-line", figures)), ...cards, more(row.open, row.lines.length));
	}

	function profile(row) {
		const head = make("div", "ob-profile-head", make("h2", "", row.title), row.code ? make("span", "ob-muted", row.code) : "", row.day ? make("span", "ob-muted", day(row.day)) : "");
		const lanes = [closed(row.day_close), ...row.lanes.map(lane)].filter(Boolean);
		return make(
			"section",
			"ob-profile",
			head,
			row.waves && row.waves.length ? make("div", "ob-waves", ...row.waves.map(wave)) : "",
			lanes.length ? make("div", "ob-lanes", ...lanes) : "",
			row.quiet && row.quiet.length ? make("p", "ob-quiet", make("span", "", t("Nothing waits")), ...row.quiet.map((title) => make("span", "ob-chip", title))) : "",
		);
	}

	function draw() {
		place("ob-figures").replaceChildren(...figures());
		const alarms = [alarm("red", "Breaches", state.breaches, breach), alarm("amber", "Open Holds", state.holds, hold)].filter(Boolean);
		place("ob-alarms").replaceChildren(...alarms);
		const profiles = state.profiles.map(profile);
		if (state.others.length) profiles.push(profile({ title: t("Other steps"), lanes: state.others }));
		if (!profiles.length) profiles.push(make("p", "ob-empty", t("Nothing is at work")));
		place("ob-profiles").replaceChildren(...profiles);
		tick();
	}

	function tick() {
		const at = now();
		place("ob-now").textContent = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
		for (const tile of document.querySelectorAll(".ob-wave")) {
			const left = (new Date(tile.dataset.closes) - at) / 1000;
			if (left > 0) tile.querySelector(".ob-count b").textContent = span(left);
		}
	}

	async function reload() {
		const stale = place("ob-stale");
		const asked = new URLSearchParams(location.search);
		asked.delete("_lang");
		try {
			const reply = await fetch("/api/method/order_ops.api.v1.board.state?" + asked, { headers: { Accept: "application/json" } });
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
	phone.addEventListener("change", draw);
	setInterval(tick, 1000);
	setInterval(reload, 30000);
})();
